#pragma once

#include <cortex/config.hpp>
#include <cortex/export.hpp>
#include <cortex/response.hpp>
#include <cortex/tool.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cortex {

class RunState;

/// The engine needs the key of a provider that was registered with `Secret::from_run()`: answer with a Secret.
struct KeyRequest {
    std::string request_id = {};
    std::string provider = {};
};

/// A tool without an `execute` of its own was called: answer with a ToolOutcome. `arguments` have passed the schema.
struct ToolRequest {
    std::string request_id = {};
    ToolCall call = {};
};

/// A tool with `ask_run` is about to run: answer with an Approval.
struct ApprovalRequest {
    std::string request_id = {};
    ToolCall call = {};
};

/// A limit stops the turn, and the engine has `ask_run_for_budget`: answer with a Budget, by which the limit is raised.
struct BudgetRequest {
    std::string request_id = {};
    BudgetQuestion question = {};
};

/// Nobody waits for this answer any more (a timeout, the end of the turn): stop what works on it.
struct RequestWithdrawn {
    std::string request_id = {};
};

using RunEvent = std::variant<StreamChunk, ToolRequest, ApprovalRequest, KeyRequest, BudgetRequest, RequestWithdrawn>;
using RunAnswer = std::variant<ToolOutcome, Approval, Secret, Budget>;

/// One turn under way: the handle that every face of the library consumes. Never blocks, except `wait` and `result`.
/// Threads: one consumer at a time; `cancel` from any thread. Destroying it cancels the turn, and returns when the
/// session is free for the next one.
class CORTEX_API Run {
public:
    Run(Run&&) noexcept;
    Run& operator=(Run&&) noexcept;
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run();

    /// The next event, if one is waiting. Chunks come only when the run was started with streaming.
    std::optional<RunEvent> try_next();
    /// `wake(context)` is called whenever there is something new after `try_next` found nothing, and when the run is finished;
    /// at once if that is already so. It runs on a thread of the engine, so it must be short and must not call the engine.
    /// Pass nullptr to detach; after that returns, the old function is not running and will not be called again.
    void on_ready(void (*wake)(void*) noexcept, void* context) noexcept;
    /// Answers a request event. An id that is unknown, was answered before or is withdrawn is ignored, as is an answer of
    /// another kind than was asked for.
    void answer(std::string_view request_id, RunAnswer answer);
    /// Answers a request for a consumer that cannot: an empty key, a denial, an error result, an empty budget. Does nothing for other events.
    void decline(const RunEvent& event);
    /// Stops the turn and closes its connection to the provider. The result is then a CancelledError.
    void cancel() noexcept;
    /// True when the result is there and no event is left.
    bool finished() const noexcept;
    /// Blocks until an event waits or the run is finished.
    void wait();
    /// Blocks until the turn is over; throws what went wrong. Events that were not taken are dropped; requests among them are
    /// answered with an empty key, a denial, an empty budget, or an error result that says that nobody is there.
    Response result();

private:
    friend class Session;
    friend class Stream;
    explicit Run(std::shared_ptr<RunState> state) noexcept;
    std::shared_ptr<RunState> state_;
};

}  // namespace cortex
