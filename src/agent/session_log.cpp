#include "agent/session_log.hpp"

#include "core/token_estimate.hpp"

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

bool is_thinking(const ContentBlock& block) {
    return block.as<ThinkingBlock>() != nullptr || block.as<RedactedThinkingBlock>() != nullptr;
}

}  // namespace

void SessionState::add(MessagePtr message) {
    tokens_.estimated += estimate_tokens(*message);
    messages_.push_back(std::move(message));
}

void SessionState::apply(const SessionFact& fact) {
    if (const auto* user = std::get_if<UserMessageAdded>(&fact)) {
        turn_begins_at_ = messages_.size();
        tokens_before_turn_ = tokens_;
        ++turns_begun_;
        tool_ran_ = false;
        answered_in_turn_ = false;
        running_ = {.prompt = text_of(*user->message), .answer = {}};
        add(user->message);
    } else if (const auto* output = std::get_if<ModelOutputCommitted>(&fact)) {
        // An empty answer is legal, but no vendor takes an empty assistant message back.
        if (!output->message->content.empty()) messages_.push_back(output->message);
        running_.answer += text_of(*output->message);
        answered_in_turn_ = true;
        // Thinking is not counted: most models do not read it again once the turn is over, and where one does, the next count tells.
        const std::int64_t said = output->usage.output - output->usage.thinking;
        if (output->usage_known && output->usage.total_input() > 0)
            tokens_ = {.counted = output->usage.total_input() + said, .estimated = 0};
        else
            tokens_.estimated += estimate_tokens(*output->message);
    } else if (std::holds_alternative<ToolIntended>(fact)) {
        tool_ran_ = true;
    } else if (const auto* tool = std::get_if<ToolEnded>(&fact)) {
        running_.tool_errors += tool->ending == ToolEnding::failed || tool->ending == ToolEnding::timed_out;
        running_.failed_checks += tool->ending == ToolEnding::refused;
    } else if (const auto* results = std::get_if<ToolResultsAdded>(&fact)) {
        add(results->message);
    } else if (std::holds_alternative<ThinkingDropped>(fact)) {
        drop_thinking();
    } else if (const auto* refused = std::get_if<ToolsRefused>(&fact)) {
        if (!tools_refused_by(refused->provider, refused->model)) without_tools_.emplace_back(refused->provider, refused->model);
    } else if (const auto* chosen = std::get_if<LevelChosen>(&fact)) {
        const auto known = std::find_if(levels_.begin(), levels_.end(), [&](const auto& pair) { return pair.first == chosen->model; });
        if (known == levels_.end())
            levels_.emplace_back(chosen->model, chosen->level);
        else
            known->second = chosen->level;
    } else if (const auto* ended = std::get_if<TurnEnded>(&fact)) {
        end(*ended);
    }
}

bool SessionState::tools_refused_by(std::string_view provider, std::string_view model) const noexcept {
    return std::any_of(without_tools_.begin(), without_tools_.end(), [&](const auto& pair) { return pair.first == provider && pair.second == model; });
}

ThinkingLevel SessionState::last_level(std::string_view model) const noexcept {
    const auto known = std::find_if(levels_.begin(), levels_.end(), [&](const auto& pair) { return pair.first == model; });
    return known == levels_.end() ? ThinkingLevel::off : known->second;
}

void SessionState::end(const TurnEnded& ended) {
    usage_ += ended.usage;
    switch (ended.outcome) {
        case TurnOutcome::answered: ++turns_answered_; break;
        case TurnOutcome::cancelled:
        case TurnOutcome::failed_after_tools:
            if (ended.partial) add(ended.partial);
            break;
        case TurnOutcome::failed:
            messages_.resize(turn_begins_at_);
            tokens_ = tokens_before_turn_;
            break;
    }
    running_.failed = ended.outcome == TurnOutcome::failed || ended.outcome == TurnOutcome::failed_after_tools;
    last_ = std::move(running_);
    running_ = {};
    turn_begins_at_ = messages_.size();
}

void SessionState::drop_thinking() {
    for (MessagePtr& message : messages_) {
        if (std::none_of(message->content.begin(), message->content.end(), is_thinking)) continue;
        auto kept = std::make_shared<Message>(*message);
        std::erase_if(kept->content, is_thinking);
        message = std::move(kept);
    }
}

SessionState fold(const std::vector<SessionFact>& facts) {
    SessionState state;
    for (const SessionFact& fact : facts) state.apply(fact);
    return state;
}

}  // namespace cortex::agent
