#pragma once

#include "agent/tool_set.hpp"
#include "core/session_fact.hpp"

#include <cortex/response.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cortex::agent {

// What a round wants done. `index` names one of its calls.
struct AskApproval { std::size_t index = 0; std::shared_ptr<const ToolSet> tools; const Tool* tool = nullptr; ToolCall call; };
struct RunTool { std::size_t index = 0; std::shared_ptr<const ToolSet> tools; const Tool* tool = nullptr; ToolCall call; };
struct StopTool { std::size_t index = 0; };           ///< Nobody waits for it any more, whether it was asked or is running.
struct LogFact { SessionFact fact; };
struct ShowChunk { StreamChunk chunk; };
using RoundAction = std::variant<LogFact, AskApproval, RunTool, StopTool, ShowChunk>;

/// The calls of one answer, from their check to their results: approvals, parallel runs within the caps, timeouts, and the
/// one message that answers them all in the order in which they were asked. A plain machine, like the turn that owns it.
class ToolRound {
public:
    struct Caps {
        int parallel = 16;
        std::string session_id;
        std::string user_id;
        std::int64_t turn = 0;
    };
    ToolRound(const Message& answer, std::shared_ptr<const ToolSet> tools, Caps caps);

    /// Whether the answer asks for anything.
    bool empty() const noexcept { return calls_.empty(); }
    void start(std::vector<RoundAction>& out);
    void on_approval(std::size_t index, const Approval& approval, std::vector<RoundAction>& out);
    void on_outcome(std::size_t index, ToolOutcome outcome, std::vector<RoundAction>& out);
    void on_timeout(std::size_t index, std::vector<RoundAction>& out);
    /// The turn ends: what runs is stopped, and every call gets a result that says what became of it.
    void interrupt(std::vector<RoundAction>& out);

    bool done() const noexcept { return open_ == 0; }
    /// All results, once the round is done.
    MessagePtr results() const;
    /// Names of the calls that ran, in the order of the calls.
    std::vector<std::string> ran() const;

private:
    enum class Phase { waiting, asking, running, done };
    struct Call {
        ToolCall call;
        const ToolSet::Entry* entry = nullptr;
        Phase phase = Phase::waiting;
        bool began = false;
        bool edited = false;
        ToolResultBlock result;
    };

    /// Nothing, or why the call must not run. Heals what a strict reader of the arguments would stumble over.
    std::optional<std::string> check(const ToolSet::Entry& entry, std::string& arguments) const;
    void fill(std::vector<RoundAction>& out);
    bool may_run(const Call& call) const;
    void run(std::size_t index, std::vector<RoundAction>& out);
    void end(std::size_t index, ToolOutcome outcome, ToolEnding ending, std::vector<RoundAction>& out);

    std::shared_ptr<const ToolSet> tools_;
    Caps caps_;
    std::vector<Call> calls_;
    std::size_t open_ = 0;
    int running_ = 0;
};

}  // namespace cortex::agent
