#pragma once

#include "agent/session_log.hpp"
#include "agent/turn_spec.hpp"
#include "brain/roles.hpp"
#include "core/clock.hpp"
#include "routing/health.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cortex::agent {

/// What the turn's history asks of whoever goes on with it.
struct PromptSize {
    std::int64_t likely = 0;     ///< Tokens, by the vendor's count and the estimate of the rest.
    std::int64_t least = 0;      ///< The same with the estimate taken as a fifth too high.
    std::int64_t most = 0;       ///< And as a third too low.
};
PromptSize prompt_size(const TurnSpec& spec, const SessionState& state);

/// The model for the next call, and why.
struct ModelPick {
    ModelChoicePtr choice;
    brain::ModelRole role = brain::ModelRole::orchestrator;
    routing::Verdict verdict = {};                  ///< For `Health::report`, once the call ended.
    std::optional<SteadyTime> not_before = {};      ///< Its rate limit is used up until then, and nobody else is there.
    std::vector<std::string> reasons = {};          ///< For the log: who was passed over, and what staying with a warm cache saves.
};

/// The model that the purpose gets, unless it cannot do the work.
ModelChoicePtr model_for(const TurnSpec& spec, brain::CallPurpose purpose, brain::ModelRole& role);

/// Who serves the next call: the purpose's model; the one whose cache is warm, where leaving it costs more; and among those that
/// stand by the first that did not fail in this turn, can take the request, and is not known to be down or at its rate limit. Where all that
/// could take it are down, the first of them is asked all the same. Nothing where everybody failed already.
std::optional<ModelPick> pick_model(const TurnSpec& spec, const SessionLog& log, brain::CallPurpose purpose, const std::vector<ModelChoicePtr>& failed, SteadyTime now);

}  // namespace cortex::agent
