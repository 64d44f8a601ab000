#pragma once

#include "agent/session_log.hpp"
#include "core/clock.hpp"
#include "core/model_call.hpp"
#include "core/rng.hpp"
#include "brain/roles.hpp"
#include "routing/call_machine.hpp"

#include <cortex/response.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex::agent {

/// All that one turn is made of, decided before it begins.
struct TurnSpec {
    MessagePtr user_message;
    std::shared_ptr<const Channel> channel;
    ModelCall call;                    ///< Without messages: they are the log's.
    std::string key_places = {};       ///< Variables that may hold the provider's key; for errors.
    routing::RetryPolicy retry;
    HttpDeadlines http;
    Deadline deadline;
    brain::ModelRole role = brain::ModelRole::orchestrator;
    brain::CallPurpose purpose = brain::CallPurpose::answer;
    std::vector<std::string> routing_reasons;
    std::vector<std::string> notices;
    std::vector<std::string> degraded;
    std::string suggested_model = {};  ///< What to name where the vendor does not know the model; may be empty.
};

// What happens to a turn.
struct TurnStarted {};
struct CallDelivered { StreamEvent event; };
struct CallReturned { routing::CallEnded ended; };
struct TurnCancelled { ErrorInfo reason; };     ///< `cancelled` by the caller, or `timeout`.
using TurnEvent = std::variant<TurnStarted, CallDelivered, CallReturned, TurnCancelled>;

// What it wants done.
struct StartCall { routing::CallSpec spec; };
struct CancelCall { ErrorInfo reason; };        ///< Answered by CallReturned.
struct EmitChunk { StreamChunk chunk; };
struct TurnFinished { Result<Response> result; };
using TurnAction = std::variant<StartCall, CancelCall, EmitChunk, TurnFinished>;

/// One turn: the log, model calls, the outcome. A plain machine: never blocks, reads no clock, throws nothing.
/// The log belongs to the session, which runs one turn at a time.
class TurnMachine {
public:
    TurnMachine(TurnSpec spec, SessionLog& log);

    void on(const TurnEvent& event, SteadyTime now, std::vector<TurnAction>& out);

    enum class State { idle, calling, cancelling, done };
    State state() const noexcept { return state_; }

private:
    void start_call(std::vector<TurnAction>& out);
    void on_returned(const routing::CallEnded& ended, SteadyTime now, std::vector<TurnAction>& out);
    void answered(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out);
    void ended_badly(ErrorInfo error, TurnOutcome outcome, std::vector<TurnAction>& out);
    void finish_metadata(const MessageDone& done, SteadyTime now);
    std::int64_t turn() const noexcept { return log_.state().turns_begun(); }

    TurnSpec spec_;
    SessionLog& log_;
    State state_ = State::idle;
    SteadyTime began_{};
    std::chrono::nanoseconds waited_{0};
    Usage usage_;
    std::optional<std::int64_t> cost_ = 0;      ///< Nano-dollars.
    int continuations_ = 0;
    std::string text_;                          ///< All text of the answer so far, over continuations.
    Response response_;
};

std::string_view to_string(TurnMachine::State state) noexcept;

}  // namespace cortex::agent
