#include "agent/call_plan.hpp"

#include "agent/model_pick.hpp"
#include "core/text.hpp"
#include "routing/cost_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <utility>

namespace cortex::agent {
namespace {

/// Above this many answer tokens a request that does not stream may outlast every proxy on its way (reference: the vendor's
/// SDKs refuse it: 600 s at 128,000 tokens an hour).
constexpr std::int64_t most_tokens_without_streaming = 21'333;
/// What a model needs beside the history to answer at all.
constexpr std::int64_t least_room = 1'024;
/// Less than so much is no answer; a limit on money or tokens that leaves less refuses the call.
constexpr std::int64_t least_answer = 256;
/// What a model is told that goes on with another's answer.
constexpr std::string_view go_on = "Your answer was interrupted. Continue exactly where it ended, without repeating anything and without a remark about the interruption.";

bool holds_result(const Message& message) {
    return std::any_of(message.content.begin(), message.content.end(), [](const ContentBlock& block) { return block.as<ToolResultBlock>() != nullptr; });
}

bool begins_with_own_thinking(const Message& message, const ModelChoice& choice) {
    if (message.origin.provider != choice.provider || message.origin.model != choice.wire_model || message.content.empty()) return false;
    const ContentBlock& first = message.content.front();
    if (const auto* thinking = first.as<ThinkingBlock>()) return !thinking->signature.empty();
    return first.as<RedactedThinkingBlock>() != nullptr;
}

/// Whether nothing of the message is sent to this model: blank texts, and thinking that it could not read.
bool is_silent_for(const Message& message, const ModelChoice& choice) {
    const bool own = message.origin.provider == choice.provider && message.origin.model == choice.wire_model;
    return std::all_of(message.content.begin(), message.content.end(), [&](const ContentBlock& block) {
        if (const auto* text = block.as<TextBlock>()) return trim(text->text).empty();
        if (const auto* thinking = block.as<ThinkingBlock>()) return !own || thinking->signature.empty();
        return !own && (block.as<RedactedThinkingBlock>() != nullptr || block.as<UnknownBlock>() != nullptr);
    });
}

ErrorInfo too_long(const ModelChoice& choice, const PromptSize& size) {
    const std::int64_t window = choice.model->context_window;
    return {.code = ErrorCode::context_length,
            .message = fmt::format("The conversation has about {} tokens, {} more than the {} that {} reads. Shorten the message or attach less, start a new "
                                   "session, or choose a model with a larger window.", size.least, size.least - window, window, choice.wire_model),
            .provider = choice.provider,
            .model = choice.wire_model};
}

std::int64_t least_answer_wanted(const TurnSpec& spec) {
    return std::clamp<std::int64_t>(spec.need.max_tokens.value_or(INT_MAX), 1, least_answer);
}

/// What all limits together leave for thinking and answer; nothing where none holds.
Result<std::optional<std::int64_t>> affordable(const TurnSpec& spec, const ModelInfo& model, const PromptSize& size) {
    if (!spec.ledger) return std::optional<std::int64_t>();
    const routing::Limit room = spec.ledger->room(spec.spender);
    if (!room.money && !room.tokens) return std::optional<std::int64_t>();
    const routing::Amount least = routing::estimate_call(model, size.most, least_answer_wanted(spec));
    if (room.money && !least.money)
        return ErrorInfo{.code = ErrorCode::budget_exceeded,
                         .message = fmt::format("The price of {} is unknown, so a limit on money cannot be kept. Give it a price in a file of models_path, or limit tokens instead.", model.id)};
    // Where not even a short answer fits, the ledger says which limit it is.
    if (auto fits = spec.ledger->check(spec.spender, least); !fits) return std::move(fits).error();
    std::optional<std::int64_t> most;
    if (room.money) {
        // The guard takes less than 256 tokens for no answer; whoever asked for less gets it.
        const auto bought = routing::affordable_output(model, size.most, *room.money);
        most = bought ? *bought : least_answer_wanted(spec);
    }
    if (room.tokens) most = std::min(most.value_or(INT64_MAX), *room.tokens - size.most);
    return most;
}

/// The conversation with an answer that is not to stay, and what is said to it.
void add_exchange(std::vector<MessagePtr>& messages, std::string_view answer, std::string_view wish) {
    const auto message = [](Role role, std::string_view text) {
        auto out = std::make_shared<Message>();
        out->role = role;
        out->content.push_back({.value = TextBlock{std::string(text)}, .raw = {}});
        return out;
    };
    messages.push_back(message(Role::assistant, answer));
    messages.push_back(message(Role::user, wish));
}

std::vector<MessagePtr> messages_for(const SessionState& state, const CallContext& context) {
    std::vector<MessagePtr> messages = state.messages();
    if (!context.wrong_answer.empty()) add_exchange(messages, context.wrong_answer, context.correction);
    if (!context.continue_after.empty()) add_exchange(messages, context.continue_after, go_on);
    return messages;
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
        if (is_silent_for(message, choice)) continue;
        // Neighbours of this role are one answer as well.
        bool calls = false;
        const Message* first_of_answer = nullptr;
        for (; at != messages.rend() && (*at)->role == Role::assistant; ++at) {
            first_of_answer = at->get();
            calls = calls || std::any_of((*at)->content.begin(), (*at)->content.end(), [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
        }
        --at;
        // Calls without results are answered when the conversation is sent, which keeps their loop open too.
        if (!results_in_group && !calls) break;
        first_of_loop = first_of_answer;
        results_in_group = false;
    }
    return first_of_loop != nullptr && !begins_with_own_thinking(*first_of_loop, choice);
}

routing::Amount least_needed(const TurnSpec& spec, const SessionState& state, const ModelInfo& model) {
    return routing::estimate_call(model, prompt_size(spec, state).most, least_answer_wanted(spec));
}

Result<PlannedCall> plan_call(const TurnSpec& spec, const SessionState& state, const CallContext& context) {
    brain::ModelRole role = context.role;
    const ModelChoicePtr chosen = context.choice ? context.choice : model_for(spec, context.purpose, role);
    const ModelChoice& choice = *chosen;
    const ModelInfo& model = *choice.model;

    Limits limits;
    const PromptSize size = prompt_size(spec, state);
    if (model.known && model.context_window > 0) {
        if (size.least > model.context_window) return too_long(choice, size);
        limits.context_left = std::max(least_room, model.context_window - size.likely);
    }
    auto most = affordable(spec, model, size);
    if (!most) {
        most.error().provider = choice.provider;
        most.error().model = choice.wire_model;
        return std::move(most).error();
    }
    limits.max_output_tokens = *most;
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
                   .messages = messages_for(state, context),
                   .params = *std::move(params),
                   .stream = spec.streaming || spec.hedges,   // only a stream tells a slow answer from a long one
                   .tool_choice = context.tool_choice,
                   .answer = spec.answer ? spec.answer->for_vendor() : nullptr,
                   .cache_key = spec.session_id,
                   .without_tools = state.tools_refused_by(choice.provider, choice.wire_model)};
    const routing::Amount worst = routing::estimate_call(model, size.most, call.params.max_tokens());
    if (call.params.max_tokens() > most_tokens_without_streaming) call.stream = true;
    return PlannedCall{.choice = chosen,
                       .role = role,
                       .spec = {.channel = choice.channel,
                                .call = std::move(call),
                                .key_places = choice.key_places,
                                .retry = spec.retry,
                                .repeats = spec.repeats,
                                .http = spec.http,
                                .deadline = spec.deadline,
                                .not_before = context.not_before,
                                .catalog = spec.catalog},
                       .shortened_by_cost = shortened,
                       .worst = worst};
}

}  // namespace cortex::agent
