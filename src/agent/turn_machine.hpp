#pragma once

#include "agent/call_plan.hpp"
#include "agent/model_pick.hpp"
#include "agent/session_log.hpp"
#include "agent/tool_round.hpp"
#include "agent/turn_spec.hpp"
#include "core/clock.hpp"

#include <cortex/response.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex::agent {

// What happens to a turn.
struct TurnStarted {};
struct CallDelivered { StreamEvent event; };
struct CallReturned { routing::CallEnded ended; };
struct ApprovalGiven { std::size_t index = 0; Approval approval; };
struct ToolReturned { std::size_t index = 0; ToolOutcome outcome; };
struct ToolTimedOut { std::size_t index = 0; };
struct TurnCancelled { ErrorInfo reason; };     ///< `cancelled` by the caller, or `timeout`.
using TurnEvent = std::variant<TurnStarted, CallDelivered, CallReturned, ApprovalGiven, ToolReturned, ToolTimedOut, TurnCancelled>;

// What it wants done.
struct StartCall { routing::CallSpec spec; };
struct CancelCall { ErrorInfo reason; };        ///< Answered by CallReturned.
struct EmitChunk { StreamChunk chunk; };
struct TurnFinished { Result<Response> result; };
using TurnAction = std::variant<StartCall, CancelCall, AskApproval, RunTool, StopTool, EmitChunk, TurnFinished>;

/// One turn: the log, model calls, rounds of tools, the outcome. A plain machine: never blocks, reads no clock, throws nothing.
/// The log belongs to the session, which runs one turn at a time.
class TurnMachine {
public:
    TurnMachine(TurnSpec spec, SessionLog& log);
    TurnMachine(const TurnMachine&) = delete;
    TurnMachine& operator=(const TurnMachine&) = delete;
    ~TurnMachine();

    void on(const TurnEvent& event, SteadyTime now, std::vector<TurnAction>& out);

    enum class State { idle, calling, acting, cancelling, done };
    State state() const noexcept { return state_; }

private:
    void begin(SteadyTime now, std::vector<TurnAction>& out);
    void start_call(SteadyTime now, std::vector<TurnAction>& out);
    void start_call_with(ModelPick pick, SteadyTime now, std::vector<TurnAction>& out);
    /// Reserves what the planned call may cost. False: the turn has ended, as a limit forbids it.
    bool reserve(const PlannedCall& planned, std::vector<TurnAction>& out);
    /// Gives the right to test a failing model back, unused.
    void release_probe(const ModelChoice& choice, const routing::Verdict& verdict, SteadyTime now);
    /// Books what a call used, and what its end says of the provider.
    void settle(const routing::CallEnded& ended, SteadyTime now);
    /// Asks the next model where one may be asked. False: nobody is left, or the failure is final.
    bool fail_over(const ErrorInfo& error, SteadyTime now, std::vector<TurnAction>& out);
    void on_delivered(const StreamEvent& event, std::vector<TurnAction>& out);
    void on_returned(const routing::CallEnded& ended, SteadyTime now, std::vector<TurnAction>& out);
    void on_cancelled(const ErrorInfo& reason, SteadyTime now, std::vector<TurnAction>& out);
    void answered(MessageDone done, SteadyTime now, std::vector<TurnAction>& out);
    bool start_round(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    void advance_round(std::vector<RoundAction> actions, SteadyTime now, std::vector<TurnAction>& out);
    void close_round();
    void note(const routing::Repair& repair);
    void report_without_tools();
    void ended_badly(ErrorInfo error, std::vector<TurnAction>& out);
    void finish(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    void finish_metadata(const MessageDone& done, SteadyTime now);
    std::int64_t turn() const noexcept { return log_.state().turns_begun(); }

    TurnSpec spec_;
    SessionLog& log_;
    State state_ = State::idle;
    CallContext context_;
    ModelChoicePtr current_;                    ///< The model of the running or last call.
    routing::Verdict verdict_ = {};             ///< Under which it was asked.
    routing::Reservation reservation_;          ///< What it may cost.
    std::vector<ModelChoicePtr> failed_;        ///< Models that failed in this turn: not asked again.
    std::vector<ErrorInfo> failures_;           ///< What they said, while the running call has no answer.
    bool turn_over_ = false;                    ///< The turn's own timeout passed.
    std::optional<ToolRound> round_;
    int rounds_ = 0;
    SteadyTime began_{};
    std::chrono::nanoseconds waited_{0};
    SteadyTime acting_since_{};
    Usage usage_;
    int continuations_ = 0;
    std::string text_;                          ///< All text of the turn so far, as it was shown.
    std::string call_text_;                     ///< Of it, what no committed message holds yet.
    Response response_;
};

std::string_view to_string(TurnMachine::State state) noexcept;

}  // namespace cortex::agent
