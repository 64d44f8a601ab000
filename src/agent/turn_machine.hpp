#pragma once

#include "agent/call_plan.hpp"
#include "agent/model_pick.hpp"
#include "agent/session_log.hpp"
#include "agent/tool_round.hpp"
#include "agent/turn_spec.hpp"
#include "core/clock.hpp"

#include <cortex/config.hpp>
#include <cortex/response.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex::agent {

// What happens to a turn.
struct TurnStarted {};
struct CallDelivered { StreamEvent event; std::size_t lane = 0; };
struct CallReturned { routing::CallEnded ended; std::size_t lane = 0; };
struct HedgeDue { std::uint64_t call = 0; };    ///< The time of a HedgeAt came.
struct BudgetAnswered { Budget more; };         ///< By how much the limit that was asked about is raised; empty: not at all.
struct ApprovalGiven { std::size_t index = 0; Approval approval; };
struct ToolReturned { std::size_t index = 0; ToolOutcome outcome; };
struct ToolTimedOut { std::size_t index = 0; };
struct TurnCancelled { ErrorInfo reason; };     ///< `cancelled` by the caller, or `timeout`.
using TurnEvent = std::variant<TurnStarted, CallDelivered, CallReturned, HedgeDue, BudgetAnswered, ApprovalGiven, ToolReturned, ToolTimedOut, TurnCancelled>;

// What it wants done.
/// `lane`: 0, or 1 for a second model that is asked while the first is slow. Its events name it.
struct StartCall { routing::CallSpec spec; std::size_t lane = 0; };
struct CancelCall { ErrorInfo reason; std::size_t lane = 0; };   ///< Answered by CallReturned.
struct HedgeAt { SteadyTime when; std::uint64_t call = 0; };   ///< Answered by HedgeDue. A later one replaces it; the turn's end drops it.
struct AskBudget { BudgetQuestion question; };  ///< Answered by BudgetAnswered; the turn's end withdraws it.
struct EmitChunk { StreamChunk chunk; };
struct TurnFinished { Result<Response> result; };
using TurnAction = std::variant<StartCall, CancelCall, HedgeAt, AskBudget, AskApproval, RunTool, StopTool, EmitChunk, TurnFinished>;

/// One turn: the log, model calls, rounds of tools, the outcome. A plain machine: never blocks, reads no clock, throws nothing.
/// The log belongs to the session, which runs one turn at a time.
class TurnMachine {
public:
    TurnMachine(TurnSpec spec, SessionLog& log);
    TurnMachine(const TurnMachine&) = delete;
    TurnMachine& operator=(const TurnMachine&) = delete;
    ~TurnMachine();

    void on(const TurnEvent& event, SteadyTime now, std::vector<TurnAction>& out);

    enum class State { idle, calling, asking, acting, cancelling, done };
    State state() const noexcept { return state_; }

private:
    /// One model call under way.
    struct Call {
        ModelChoicePtr choice = {};
        brain::ModelRole role = brain::ModelRole::orchestrator;
        routing::Verdict verdict = {};           ///< Under which it was asked.
        routing::Reservation reservation = {};   ///< What it may cost.
        std::optional<LegalParams> params = {};
        std::string why = {};                    ///< Why this model: for the report.
        bool without_tools = false;
        bool shortened_by_cost = false;
        bool running = false;
        bool dropped = false;                    ///< Another model answered first: only its bill is of interest.
    };

    void begin(SteadyTime now, std::vector<TurnAction>& out);
    void start_call(SteadyTime now, std::vector<TurnAction>& out);
    void start_call_with(ModelPick pick, SteadyTime now, std::vector<TurnAction>& out);
    void send(std::size_t lane, PlannedCall planned, const routing::Verdict& verdict, routing::Reservation reservation, std::vector<TurnAction>& out);
    /// The turn is this call's: its model, and what the metadata tell of it.
    void adopt(std::size_t lane);
    Result<routing::Reservation> reserve(const PlannedCall& planned);
    /// Gives the right to test a failing model back, unused.
    void release_probe(const ModelChoice& choice, const routing::Verdict& verdict, SteadyTime now);
    /// Books what a call used, and what its end says of the provider.
    void settle(Call& call, const routing::CallEnded& ended, SteadyTime now);
    /// Asks the next model where one may be asked. False: nobody is left, or the failure is final.
    bool fail_over(const ErrorInfo& error, SteadyTime now, std::vector<TurnAction>& out);
    void tell(const std::string& sentence);
    void begin_anew();
    routing::FailoverDecision may_fail_over(const ErrorInfo& error) const;

    // turn_hedge.cpp: a second model beside a slow one.
    void expect_hedge(SteadyTime now, std::vector<TurnAction>& out);
    void hedge(SteadyTime now, std::vector<TurnAction>& out);
    void take_lead(std::size_t lane, std::vector<TurnAction>& out);
    bool lost_one_of_two(std::size_t lane, const ErrorInfo& error, std::vector<TurnAction>& out);

    // turn_budget.cpp: a limit that somebody may raise.
    void cannot_send(ErrorInfo refusal, const routing::Amount& needed, SteadyTime now, std::vector<TurnAction>& out);
    void on_budget(const Budget& more, SteadyTime now, std::vector<TurnAction>& out);

    static std::size_t other_lane(std::size_t lane) noexcept { return lane == 0 ? 1 : 0; }
    Call& other(std::size_t lane) noexcept { return calls_[other_lane(lane)]; }
    void on_delivered(const CallDelivered& delivered, std::vector<TurnAction>& out);
    void on_returned(const CallReturned& returned, SteadyTime now, std::vector<TurnAction>& out);
    void conclude(std::size_t lane, Result<MessageDone> result, SteadyTime now, std::vector<TurnAction>& out);
    void on_cancelled(const ErrorInfo& reason, SteadyTime now, std::vector<TurnAction>& out);
    void answered(MessageDone done, SteadyTime now, std::vector<TurnAction>& out);
    // turn_structured.cpp
    /// Whether an answer that must be JSON may stay. False: it is asked for anew, or the turn has ended.
    bool accept_structured(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    bool start_round(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    void advance_round(std::vector<RoundAction> actions, SteadyTime now, std::vector<TurnAction>& out);
    void close_round();
    void note(const routing::Repair& repair, const ModelChoice& by);
    void report_without_tools(const ModelChoice& by);
    void ended_badly(ErrorInfo error, std::vector<TurnAction>& out);
    void finish(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    void finish_metadata(const MessageDone& done, SteadyTime now);
    std::int64_t turn() const noexcept { return log_.state().turns_begun(); }

    TurnSpec spec_;
    SessionLog& log_;
    State state_ = State::idle;
    CallContext context_;
    ModelChoicePtr current_;                    ///< The model of the running or last call: of two, of the one that leads.
    std::array<Call, 2> calls_;
    std::size_t lead_ = 0;
    std::uint64_t call_number_ = 0;             ///< Tells a late HedgeDue from the running call's.
    bool answer_begun_ = false;                 ///< The running call has said something.
    bool hedged_ = false;                       ///< A second model was asked beside it.
    SteadyTime call_began_{};
    std::optional<Result<MessageDone>> held_;   ///< How the leading call ended, until the other one has returned.
    std::optional<ErrorInfo> doom_;             ///< Why the turn ends once no call runs any more, whatever else came.
    ErrorInfo budget_refusal_;                  ///< How the turn ends where the limit is not raised.
    routing::Scope budget_scope_ = routing::Scope::engine;
    int budget_questions_ = 0;
    SteadyTime asked_at_{};
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
