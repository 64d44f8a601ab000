#pragma once

#include "agent/session_log.hpp"
#include "agent/turn_spec.hpp"
#include "routing/amount.hpp"
#include "routing/call_machine.hpp"

#include <cstdint>
#include <optional>

namespace cortex::agent {

/// What the turn has done so far, as far as its next call depends on it.
struct CallContext {
    brain::CallPurpose purpose = brain::CallPurpose::answer;
    ToolChoice tool_choice = ToolChoice::automatic;
    ModelChoicePtr began_with = {};                   ///< The model of the turn's first call; null for that call itself.
    std::optional<std::int64_t> cost = 0;             ///< Nano-dollars spent; nothing where a price is unknown.
    ModelChoicePtr choice = {};                       ///< Who serves this call; null: the purpose's own model.
    brain::ModelRole role = brain::ModelRole::orchestrator;   ///< With `choice`.
    std::optional<SteadyTime> not_before = {};        ///< With `choice`: its rate limit is used up until then.
    std::string wrong_answer = {};                    ///< An answer that did not fit the schema, with `correction`; "": none.
    std::string correction = {};
    std::string continue_after = {};                  ///< What another model had written of the answer when it broke off; "": nothing.
};

struct PlannedCall {
    ModelChoicePtr choice;
    brain::ModelRole role = brain::ModelRole::orchestrator;
    routing::CallSpec spec;
    bool shortened_by_cost = false;
    routing::Amount worst = {};                       ///< What the call may cost: to be reserved.
};

/// The next call of a turn: which model, which parameters, which conversation. Pure. Fails before any byte is sent where the
/// conversation does not fit the model's window (ContextLengthError) or the turn's money (BudgetExceededError), and for a wish
/// that no legal request expresses.
Result<PlannedCall> plan_call(const TurnSpec& spec, const SessionState& state, const CallContext& context);

/// What the shortest answer of this model that is worth a request may cost.
routing::Amount least_needed(const TurnSpec& spec, const SessionState& state, const ModelInfo& model);

/// Whether a request with a thinking budget would be refused: the last answer is part of a tool loop that is still open, and
/// does not begin with thinking that `choice` wrote itself.
bool loop_without_thinking(const std::vector<MessagePtr>& messages, const ModelChoice& choice);

}  // namespace cortex::agent
