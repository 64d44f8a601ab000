#include "core/legal_params.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cortex {
namespace {

using Form = LegalParams::ThinkingForm;

/// Answer tokens where the user asked for no other figure; also what is kept for the answer beside a thinking budget.
constexpr std::int64_t default_answer_tokens = 8'192;
/// The vendor's least budget (anthropic: Messages API, `thinking.budget_tokens`).
constexpr std::int64_t least_budget = 1'024;

ErrorInfo bad_value(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

bool can_think(const ModelInfo& model) {
    return model.thinking.takes_budget || model.thinking.takes_adaptive ||
           model.thinking.when_absent != ThinkingRules::WhenAbsent::off;
}

/// The effort that comes nearest to a budget: each level's ceiling doubles the one before, from 2,048 tokens on.
std::string nearest_effort(std::int64_t budget, const std::vector<std::string>& levels) {
    constexpr std::array<std::int64_t, 4> ceilings{2'048, 8'192, 16'384, 32'768};
    const auto rank = static_cast<std::size_t>(
        std::find_if(ceilings.begin(), ceilings.end(), [&](std::int64_t ceiling) { return budget <= ceiling; }) - ceilings.begin());
    return levels[std::min(rank, levels.size() - 1)];
}

}  // namespace

Result<LegalParams> legalize(const Need& need, const ModelInfo& model, const Limits& limits) {
    LegalParams params;
    const std::int64_t most = model.max_output_tokens;   // 0: unknown

    if (need.max_tokens) {
        if (*need.max_tokens < 1)
            return bad_value(fmt::format("max_tokens is {}; it must be at least 1.", *need.max_tokens));
        if (most > 0 && *need.max_tokens > most)
            return bad_value(fmt::format("max_tokens is {}, but {} writes at most {} tokens. Ask for less.", *need.max_tokens, model.id, most));
        params.max_tokens_ = *need.max_tokens;
    } else {
        params.max_tokens_ = most > 0 ? std::min(default_answer_tokens, most) : default_answer_tokens;
    }
    if (limits.max_output_tokens && *limits.max_output_tokens < params.max_tokens_) {
        params.max_tokens_ = *limits.max_output_tokens;
        params.reasons_.push_back(fmt::format("max_tokens {}: what the limit on cost leaves", params.max_tokens_));
    } else {
        params.reasons_.push_back(fmt::format("max_tokens {}: {}", params.max_tokens_, need.max_tokens ? "asked for" : "the default answer length, within the model's limit"));
    }

    params.thinks_ = model.thinking.when_absent != ThinkingRules::WhenAbsent::off;
    switch (need.thinking.kind()) {
        case Thinking::Kind::invalid:
            return bad_value("thinking must be \"auto\", \"off\" or a number of tokens.");
        case Thinking::Kind::automatic:
            params.reasons_.emplace_back(params.thinks_ ? "thinking not mentioned: this model thinks by itself" : "thinking not mentioned: nothing asked for it");
            break;
        case Thinking::Kind::off:
            if (model.thinking.when_absent == ThinkingRules::WhenAbsent::on && model.thinking.takes_disabled) {
                params.form_ = Form::disabled;
                params.thinks_ = false;
                params.reasons_.emplace_back("thinking disabled: asked for");
            } else {
                params.reasons_.emplace_back(params.thinks_ ? "thinking off was asked for, but this model cannot switch it off" : "thinking not mentioned: the model is off without it");
            }
            break;
        case Thinking::Kind::budget: {
            const std::int64_t budget = need.thinking.budget();
            if (budget < least_budget)
                return bad_value(fmt::format("thinking is {} tokens; a budget must be at least {}.", budget, least_budget));
            if (!can_think(model)) {
                params.reasons_.push_back(fmt::format("thinking not sent: {} is not known to take it", model.id));
                break;
            }
            if (most > 0 && budget >= most)
                return bad_value(fmt::format("thinking is {} tokens, but {} has room for less than {} in all. Ask for less.", budget, model.id, most));
            params.thinks_ = true;
            if (model.thinking.takes_budget) {
                params.form_ = Form::budget;
                params.budget_ = budget;
                params.max_tokens_ += budget;
                if (most > 0) params.max_tokens_ = std::min(params.max_tokens_, most);
                if (limits.max_output_tokens) params.max_tokens_ = std::min(params.max_tokens_, *limits.max_output_tokens);
                if (budget >= params.max_tokens_)
                    return ErrorInfo{.code = ErrorCode::budget_exceeded,
                                     .message = fmt::format("A thinking budget of {} tokens does not fit the limit on cost, which leaves {} tokens in all. "
                                                            "Raise max_cost, or think less.", budget, params.max_tokens_)};
                params.reasons_.push_back(fmt::format("thinking budget {}: asked for; max_tokens raised to {} to keep room for the answer", budget, params.max_tokens_));
            } else {
                if (model.thinking.takes_adaptive) params.form_ = Form::adaptive;
                if (!model.effort_levels.empty()) params.effort_ = nearest_effort(budget, model.effort_levels);
                params.reasons_.push_back(fmt::format("thinking adaptive with effort {}: nearest to {} tokens, as this model takes no budget",
                                                      params.effort_.empty() ? "unset" : params.effort_, budget));
            }
            break;
        }
    }
    return params;
}

}  // namespace cortex
