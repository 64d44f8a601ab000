#pragma once

#include <cortex/config.hpp>
#include <cortex/export.hpp>
#include <cortex/response.hpp>

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

using RunEvent = std::variant<StreamChunk, KeyRequest>;
using RunAnswer = std::variant<Secret>;

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
    /// Answers a request event. An id that is unknown, or was answered before, is ignored.
    void answer(std::string_view request_id, RunAnswer answer);
    /// Stops the turn and closes its connection to the provider. The result is then a CancelledError.
    void cancel() noexcept;
    /// True when the result is there and no event is left.
    bool finished() const noexcept;
    /// Blocks until an event waits or the run is finished.
    void wait();
    /// Blocks until the turn is over; throws what went wrong. Events that were not taken are dropped.
    Response result();

private:
    friend class Session;
    friend class Stream;
    explicit Run(std::shared_ptr<RunState> state) noexcept;
    std::shared_ptr<RunState> state_;
};

}  // namespace cortex
