#include "agent/model_pick.hpp"

#include "core/token_estimate.hpp"
#include "routing/cache_choice.hpp"
#include "routing/failover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

/// Vendors add a hidden instruction where tools are listed (anthropic: 286 to 804 tokens by model).
constexpr std::int64_t tools_overhead = 500;
/// What an answer of the worker is taken to need, where two models are compared.
constexpr std::int64_t likely_answer = 500;

bool contains(const std::vector<ModelChoicePtr>& list, const ModelChoice& choice) {
    return std::any_of(list.begin(), list.end(), [&](const ModelChoicePtr& each) { return each->same_model(choice); });
}

routing::Requirements requirements(const TurnSpec& spec, const SessionState& state) {
    routing::Requirements needs{.tools = !spec.prefix->tools.empty(), .prompt_tokens = prompt_size(spec, state).least};
    const auto look_at = [&](const ContentBlock& block) {
        needs.vision = needs.vision || block.as<ImageBlock>() != nullptr;
        const auto* document = block.as<DocumentBlock>();
        needs.pdf = needs.pdf || (document != nullptr && document->source.text.empty());
    };
    for (const MessagePtr& message : state.messages())
        for (const ContentBlock& block : message->content) {
            look_at(block);
            if (const auto* result = block.as<ToolResultBlock>())
                for (const ContentBlock& part : result->content) look_at(part);
        }
    return needs;
}

/// A worker takes over only where that is cheaper than to go on reading the prompt from the cache that holds it.
ModelChoicePtr stay_where_it_is_warm(const TurnSpec& spec, const SessionLog& log, ModelChoicePtr wanted, SteadyTime now, std::vector<std::string>& reasons) {
    const WarmPrompt& warm = log.warm();
    if (!warm.by || warm.by->same_model(*wanted) || warm.tokens == 0) return wanted;
    const PromptSize size = prompt_size(spec, log.state());
    const routing::CacheChoice choice =
        routing::choose_by_cache(*warm.by->model, {.tokens = warm.tokens, .idle = std::chrono::duration_cast<std::chrono::seconds>(now - warm.used)}, *wanted->model,
                                 {.prompt_tokens = size.likely, .output_tokens = likely_answer});
    reasons.push_back(choice.reason);
    return choice.stay ? warm.by : wanted;
}

}  // namespace

PromptSize prompt_size(const TurnSpec& spec, const SessionState& state) {
    SessionState::Tokens tokens = state.tokens();
    if (tokens.counted == 0) {
        tokens.estimated += estimate_tokens(spec.prefix->system);
        for (const ToolDefinition& tool : spec.prefix->tools)
            tokens.estimated += estimate_tokens(tool.name) + estimate_tokens(tool.description) + estimate_tokens(tool.input_schema);
        if (!spec.prefix->tools.empty()) tokens.estimated += tools_overhead;
    }
    return {.likely = tokens.counted + tokens.estimated, .least = tokens.counted + tokens.estimated * 4 / 5,
            .most = tokens.counted + tokens.estimated * 4 / 3 + 1};
}

ModelChoicePtr model_for(const TurnSpec& spec, brain::CallPurpose purpose, brain::ModelRole& role) {
    role = brain::role_for(purpose, spec.assessment.hard);
    const ModelInfo& worker = *spec.worker->model;
    if (role == brain::ModelRole::worker && !spec.prefix->tools.empty() && worker.known && !worker.tool_use && !worker.tools_by_schema) role = brain::ModelRole::orchestrator;
    return role == brain::ModelRole::orchestrator ? spec.orchestrator : spec.worker;
}

std::optional<ModelPick> pick_model(const TurnSpec& spec, const SessionLog& log, brain::CallPurpose purpose, const std::vector<ModelChoicePtr>& failed, SteadyTime now) {
    ModelPick pick;
    ModelChoicePtr wanted = model_for(spec, purpose, pick.role);
    if (pick.role == brain::ModelRole::worker) wanted = stay_where_it_is_warm(spec, log, std::move(wanted), now, pick.reasons);

    std::vector<ModelChoicePtr> candidates{wanted};
    if (spec.failover.failover)
        for (const ModelChoicePtr& each : spec.fallbacks)
            if (!contains(candidates, *each) && !(spec.other_providers_only && each->provider == wanted->provider)) candidates.push_back(each);

    std::optional<routing::Requirements> needs;   // asks the whole history: only where somebody else may be asked
    std::vector<ModelChoicePtr> down;
    struct Exhausted {
        ModelChoicePtr choice;
        SteadyTime until;
    };
    std::optional<Exhausted> exhausted;
    for (const ModelChoicePtr& each : candidates) {
        if (contains(failed, *each)) continue;
        const bool own = each == wanted;   // what it cannot do, it says itself
        if (!own) {
            if (!needs) needs = requirements(spec, log.state());
            if (const auto why = routing::fits(*each->model, *needs)) {
                pick.reasons.push_back(fmt::format("{} passed over: {}", each->wire_model, *why));
                continue;
            }
        }
        if (spec.health) {
            if (const auto until = spec.health->exhausted_until(each->provider, each->wire_model, now)) {
                pick.reasons.push_back(fmt::format("{} passed over: its rate limit is used up", each->wire_model));
                if (!exhausted || *until < exhausted->until) exhausted = Exhausted{each, *until};
                continue;
            }
            pick.verdict = spec.health->allow(each->provider, each->wire_model, now);
            if (!pick.verdict.allowed()) {
                pick.reasons.push_back(fmt::format("{} passed over: it failed several times in a row", each->wire_model));
                down.push_back(each);
                continue;
            }
        }
        pick.choice = each;
        return pick;
    }
    if (!down.empty()) {
        pick.choice = down.front();
        pick.reasons.push_back(fmt::format("{} asked all the same, as nobody else is left", pick.choice->wire_model));
        return pick;
    }
    if (!exhausted) return std::nullopt;
    pick.choice = exhausted->choice;
    pick.not_before = exhausted->until;
    if (spec.health) pick.verdict = spec.health->allow(pick.choice->provider, pick.choice->wire_model, now);
    return pick;
}

}  // namespace cortex::agent
