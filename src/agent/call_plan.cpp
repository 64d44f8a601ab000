#include "agent/call_plan.hpp"

#include "core/token_estimate.hpp"
#include "routing/cost_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

/// Above this many answer tokens a request that does not stream may outlast every proxy on its way (reference: the vendor's
/// SDKs refuse it: 600 s at 128,000 tokens an hour).
constexpr std::int64_t most_tokens_without_streaming = 21'333;
/// What a model needs beside the history to answer at all.
constexpr std::int64_t least_room = 1'024;
/// Vendors add a hidden instruction where tools are listed (anthropic: 286 to 804 tokens by model).
constexpr std::int64_t tools_overhead = 500;

bool holds_result(const Message& message) {
    return std::any_of(message.content.begin(), message.content.end(), [](const ContentBlock& block) { return block.as<ToolResultBlock>() != nullptr; });
}

bool begins_with_own_thinking(const Message& message, const ModelChoice& choice) {
    if (message.origin.provider != choice.provider || message.origin.model != choice.wire_model || message.content.empty()) return false;
    const ContentBlock& first = message.content.front();
    if (const auto* thinking = first.as<ThinkingBlock>()) return !thinking->signature.empty();
    return first.as<RedactedThinkingBlock>() != nullptr;
}

struct PromptSize {
    std::int64_t likely = 0;     ///< Tokens, by the vendor's count and the estimate of the rest.
    std::int64_t least = 0;      ///< The same with the estimate taken as a fifth too high.
    std::int64_t most = 0;       ///< And as a third too low.
};

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

ErrorInfo too_long(const ModelChoice& choice, const PromptSize& size) {
    const std::int64_t window = choice.model->context_window;
    return {.code = ErrorCode::context_length,
            .message = fmt::format("The conversation has about {} tokens, {} more than the {} that {} reads. Shorten the message or attach less, start a new "
                                   "session, or choose a model with a larger window.", size.least, size.least - window, window, choice.wire_model),
            .provider = choice.provider,
            .model = choice.wire_model};
}

/// The role that the purpose gets, unless it cannot do the work.
ModelChoicePtr choose(const TurnSpec& spec, const CallContext& context, brain::ModelRole& role) {
    role = brain::role_for(context.purpose, spec.assessment.hard);
    const ModelInfo& worker = *spec.worker->model;
    if (role == brain::ModelRole::worker && !spec.prefix->tools.empty() && worker.known && !worker.tool_use && !worker.tools_by_schema) role = brain::ModelRole::orchestrator;
    return role == brain::ModelRole::orchestrator ? spec.orchestrator : spec.worker;
}

}  // namespace

bool loop_without_thinking(const std::vector<MessagePtr>& messages, const ModelChoice& choice) {
    // The vendor joins neighbours of one role, so a user's words right behind tool results do not close the loop.
    const Message* first_of_loop = nullptr;
    bool results_in_group = false;
    for (auto at = messages.rbegin(); at != messages.rend(); ++at) {
        const Message& message = **at;
        if (message.role == Role::user) {
            results_in_group = results_in_group || holds_result(message);
            continue;
        }
        const bool calls = std::any_of(message.content.begin(), message.content.end(), [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
        // Calls without results are answered when the conversation is sent, which keeps their loop open too.
        if (!results_in_group && !calls) break;
        first_of_loop = &message;
        results_in_group = false;
    }
    return first_of_loop != nullptr && !begins_with_own_thinking(*first_of_loop, choice);
}

Result<PlannedCall> plan_call(const TurnSpec& spec, const SessionState& state, const CallContext& context) {
    brain::ModelRole role{};
    const ModelChoicePtr chosen = choose(spec, context, role);
    const ModelChoice& choice = *chosen;
    const ModelInfo& model = *choice.model;

    Limits limits;
    const PromptSize size = prompt_size(spec, state);
    if (model.known && model.context_window > 0) {
        if (size.least > model.context_window) return too_long(choice, size);
        limits.context_left = std::max(least_room, model.context_window - size.likely);
    }
    if (spec.max_cost) {
        if (!context.cost)
            return ErrorInfo{.code = ErrorCode::budget_exceeded,
                             .message = "What the turn has cost so far is unknown, so a limit on cost cannot be kept. Leave max_cost out.",
                             .provider = choice.provider, .model = choice.wire_model};
        auto affordable = routing::affordable_output(model, size.most, *spec.max_cost - *context.cost);
        if (!affordable) return std::move(affordable).error();
        limits.max_output_tokens = *affordable;
    }
    limits.keep_off = context.began_with && !context.began_with->same_model(choice);
    limits.loop_without_thinking = model.thinking.takes_budget && loop_without_thinking(state.messages(), choice);

    auto params = legalize(spec.need, model, limits);
    if (!params) {
        params.error().provider = choice.provider;
        params.error().model = choice.wire_model;
        return std::move(params).error();
    }
    const bool shortened = limits.max_output_tokens && *limits.max_output_tokens <= params->max_tokens();
    ModelCall call{.model = choice.model,
                   .wire_model = choice.wire_model,
                   .provider = choice.provider,
                   .prefix = spec.prefix,
                   .messages = state.messages(),
                   .params = *std::move(params),
                   .stream = spec.streaming,
                   .tool_choice = context.tool_choice,
                   .without_tools = state.tools_refused_by(choice.provider, choice.wire_model)};
    if (call.params.max_tokens() > most_tokens_without_streaming) call.stream = true;
    return PlannedCall{.choice = chosen,
                       .role = role,
                       .spec = {.channel = choice.channel,
                                .call = std::move(call),
                                .key_places = choice.key_places,
                                .retry = spec.retry,
                                .http = spec.http,
                                .deadline = spec.deadline},
                       .shortened_by_cost = shortened};
}

}  // namespace cortex::agent
