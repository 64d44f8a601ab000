#include "core/legal_params.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cortex {
namespace {

using Form = LegalParams::ThinkingForm;
using WhenAbsent = ThinkingRules::WhenAbsent;

/// Answer tokens where the user asked for no other figure; also what is kept for the answer beside a thinking budget.
constexpr std::int64_t default_answer_tokens = 8'192;
/// The vendor's least budget (anthropic: Messages API, `thinking.budget_tokens`).
constexpr std::int64_t least_budget = 1'024;
/// The least that a model thinks which takes a budget and cannot be switched off (gemini-2.5-pro: `thinkingBudget`).
constexpr std::int64_t least_of_the_unstoppable = 128;
/// What a budget of the brain's must leave for the answer; a wish of the user's only needs to fit.
constexpr std::int64_t least_answer = 1'024;

ErrorInfo bad_value(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

bool can_think(const ModelInfo& model) {
    return model.thinking.takes_budget || model.thinking.takes_adaptive || model.thinking.by_word || model.thinking.when_absent != WhenAbsent::off;
}

/// The words that ask for some thinking.
std::vector<std::string> thinking_words(std::vector<std::string> levels) {
    std::erase(levels, "none");
    return levels;
}

/// The least that a model's words say: "none" where it has that.
std::string least_word(const std::vector<std::string>& levels) {
    for (const std::string_view word : {"none", "minimal", "low"})
        if (std::find(levels.begin(), levels.end(), word) != levels.end()) return std::string(word);
    return levels.empty() ? std::string() : levels.front();
}

/// The effort that comes nearest to a budget: each level's ceiling doubles the one before, from 2,048 tokens on.
std::string nearest_effort(std::int64_t budget, const std::vector<std::string>& words) {
    const std::vector<std::string> levels = [&] {
        std::vector<std::string> some = thinking_words(words);
        std::erase(some, "minimal");
        return some.empty() ? words : some;
    }();
    constexpr std::array<std::int64_t, 4> ceilings{2'048, 8'192, 16'384, 32'768};
    const auto rank = static_cast<std::size_t>(
        std::find_if(ceilings.begin(), ceilings.end(), [&](std::int64_t ceiling) { return budget <= ceiling; }) - ceilings.begin());
    return levels[std::min(rank, levels.size() - 1)];
}

/// The model's own word for a level: the same word, or the strongest that it has below.
std::string effort_for(ThinkingLevel level, const std::vector<std::string>& levels) {
    for (int rank = static_cast<int>(level); rank > 0; --rank) {
        const auto word = std::find(levels.begin(), levels.end(), to_string(static_cast<ThinkingLevel>(rank)));
        if (word != levels.end()) return *word;
    }
    return levels.empty() ? std::string() : levels.front();
}

}  // namespace

/// The steps of `legalize`, in order: how long the answer may be, whether and how the model thinks, what else is sent.
class Legalizer {
public:
    Legalizer(const Need& need, const ModelInfo& model, const Limits& limits, LegalParams& out)
        : need_(need), model_(model), limits_(limits), out_(out) {}

    Result<void> answer_length();
    Result<void> thinking();
    Result<void> sampling();

private:
    void say(std::string reason) { out_.reasons_.push_back(std::move(reason)); }
    void switch_off(std::string_view why);
    void think_automatically();
    Result<void> think_for(std::int64_t budget);
    void adapt(std::string effort);
    /// Why this call must not think whatever anybody wishes, or "".
    std::string_view forbidden() const;

    const Need& need_;
    const ModelInfo& model_;
    const Limits& limits_;
    LegalParams& out_;
    std::int64_t room_ = INT64_MAX;      ///< For thinking and answer together.
    std::string_view room_from_ = {};    ///< What makes it so small.
};

Result<void> Legalizer::answer_length() {
    const auto bound = [&](std::int64_t tokens, std::string_view why) {
        if (tokens < room_) {
            room_ = tokens;
            room_from_ = why;
        }
    };
    if (model_.max_output_tokens > 0) bound(model_.max_output_tokens, "what the model writes at most");
    if (limits_.max_output_tokens) bound(*limits_.max_output_tokens, "what the limit on cost leaves");
    if (limits_.context_left) bound(*limits_.context_left, "what the context window leaves");

    if (need_.max_tokens) {
        if (*need_.max_tokens < 1) return bad_value(fmt::format("max_tokens is {}; it must be at least 1.", *need_.max_tokens));
        if (model_.max_output_tokens > 0 && *need_.max_tokens > model_.max_output_tokens)
            return bad_value(fmt::format("max_tokens is {}, but {} writes at most {} tokens. Ask for less.", *need_.max_tokens, model_.id,
                                         model_.max_output_tokens));
    }
    const std::int64_t wish = need_.max_tokens.value_or(default_answer_tokens);
    out_.max_tokens_ = std::max<std::int64_t>(1, std::min(wish, room_));
    say(fmt::format("max_tokens {}: {}", out_.max_tokens_,
                    out_.max_tokens_ < wish ? room_from_ : need_.max_tokens ? std::string_view("asked for") : std::string_view("the default answer length")));
    return {};
}

std::string_view Legalizer::forbidden() const {
    if (!need_.allow_thinking) return "allow_thinking is false";
    if (limits_.keep_off) return "the running tool loop began without this model's thinking, and it is not switched on in mid-loop";
    return {};
}

void Legalizer::switch_off(std::string_view why) {
    if (model_.thinking.by_word) {
        out_.effort_ = least_word(model_.effort_levels);
        out_.form_ = out_.effort_.empty() ? Form::absent : Form::word;
        out_.thinks_ = out_.effort_ != "none" && !(out_.effort_.empty() && model_.thinking.when_absent == WhenAbsent::off);
        // What the model does anyhow needs no word.
        if (out_.effort_ == model_.default_effort) {
            out_.form_ = Form::absent;
            out_.effort_.clear();
        }
        say(out_.thinks_ ? fmt::format("least thinking{}: {}, but {} cannot switch it off", out_.effort_.empty() ? "" : " (" + out_.effort_ + ")", why, model_.id)
                         : fmt::format("thinking off: {}", why));
        return;
    }
    switch (model_.thinking.when_absent) {
        case WhenAbsent::off:
            out_.thinks_ = false;
            say(fmt::format("thinking off: {}; this model does not think unless it is asked to", why));
            return;
        case WhenAbsent::on:
            if (model_.thinking.takes_disabled) {
                out_.form_ = Form::disabled;
                out_.thinks_ = false;
                say(fmt::format("thinking disabled: {}", why));
                return;
            }
            break;
        case WhenAbsent::always_on: break;
    }
    out_.thinks_ = true;
    if (model_.thinking.takes_budget && model_.thinking.most_budget > 0 && room_ > least_of_the_unstoppable) {
        out_.form_ = Form::budget;
        out_.budget_ = least_of_the_unstoppable;
        out_.max_tokens_ = std::min(out_.max_tokens_ + out_.budget_, room_);
        say(fmt::format("thinking budget {}, the least: {}, but {} cannot switch it off", out_.budget_, why, model_.id));
        return;
    }
    if (!model_.effort_levels.empty()) out_.effort_ = model_.effort_levels.front();
    say(fmt::format("least thinking{}: {}, but {} cannot switch it off", out_.effort_.empty() ? "" : " (effort " + out_.effort_ + ")", why, model_.id));
}

void Legalizer::adapt(std::string effort) {
    out_.thinks_ = true;
    if (model_.thinking.by_word) {
        out_.form_ = effort.empty() ? Form::absent : Form::word;
        out_.summarized_ = need_.show_thinking;
    }
    if (model_.thinking.takes_adaptive) {
        out_.form_ = Form::adaptive;
        out_.summarized_ = need_.show_thinking;
    }
    out_.effort_ = std::move(effort);
}

void Legalizer::think_automatically() {
    if (!can_think(model_)) return switch_off(fmt::format("{} is not known to think", model_.id));
    if (model_.thinking.takes_adaptive || !model_.thinking.takes_budget) {
        adapt(effort_for(need_.level, thinking_words(model_.effort_levels)));
        say(fmt::format("thinking {} {}: the turn's level is {}", model_.thinking.by_word ? "at level" : "adaptive with effort",
                        out_.effort_.empty() ? "unset" : out_.effort_, to_string(need_.level)));
        return;
    }
    if (limits_.loop_without_thinking) return switch_off("the running tool loop holds no thinking of this model, and the vendor refuses it without");
    const std::int64_t most = room_ == INT64_MAX ? need_.budget : room_ - std::min(out_.max_tokens_, least_answer);
    const std::int64_t widest = model_.thinking.most_budget > 0 ? model_.thinking.most_budget : INT64_MAX;
    const std::int64_t budget = std::min({std::max(need_.budget, least_budget), most, widest});
    if (budget < least_budget)
        return switch_off(fmt::format("{} tokens are {}, too few for the least budget of {} and an answer", room_, room_from_, least_budget));
    out_.form_ = Form::budget;
    out_.thinks_ = true;
    out_.budget_ = budget;
    out_.summarized_ = need_.show_thinking && model_.thinking.most_budget > 0;   // Claude shows it beside a budget anyhow
    out_.max_tokens_ = std::min(out_.max_tokens_ + budget, room_);
    say(fmt::format("thinking budget {} tokens: the turn's level is {}{}; max_tokens {} leaves {} for the answer", budget, to_string(need_.level),
                    budget < need_.budget ? fmt::format(", shortened from {} by {}", need_.budget, room_from_) : "", out_.max_tokens_,
                    out_.max_tokens_ - budget));
}

Result<void> Legalizer::think_for(std::int64_t budget) {
    if (budget < least_budget) return bad_value(fmt::format("thinking is {} tokens; a budget must be at least {}.", budget, least_budget));
    if (!can_think(model_)) {
        say(fmt::format("thinking not sent: {} is not known to take it", model_.id));
        out_.dropped_.push_back(fmt::format("thinking was asked for, but {} is not known to think", model_.id));
        return {};
    }
    const std::int64_t most = model_.max_output_tokens;
    if (most > 0 && budget >= most)
        return bad_value(fmt::format("thinking is {} tokens, but {} has room for less than {} in all. Ask for less.", budget, model_.id, most));
    if (model_.thinking.takes_budget && model_.thinking.most_budget > 0 && budget > model_.thinking.most_budget)
        return bad_value(fmt::format("thinking is {} tokens, but {} thinks for at most {}. Ask for less.", budget, model_.id, model_.thinking.most_budget));
    if (!model_.thinking.takes_budget) {
        adapt(model_.effort_levels.empty() ? std::string() : nearest_effort(budget, model_.effort_levels));
        say(fmt::format("thinking {} {}: nearest to the {} tokens asked for, as this model takes no budget",
                        model_.thinking.by_word ? "at level" : "adaptive with effort", out_.effort_.empty() ? "unset" : out_.effort_, budget));
        return {};
    }
    if (limits_.loop_without_thinking) {
        switch_off("the running tool loop holds no thinking of this model, and the vendor refuses it without");
        return {};
    }
    if (budget >= room_) {
        const bool money = limits_.max_output_tokens && *limits_.max_output_tokens == room_;
        return ErrorInfo{.code = money ? ErrorCode::budget_exceeded : ErrorCode::context_length,
                         .message = fmt::format("A thinking budget of {} tokens does not fit: {} tokens in all are {}. {}, or think less.", budget, room_, room_from_,
                                                money ? "Raise max_cost" : "Start a new session")};
    }
    out_.form_ = Form::budget;
    out_.thinks_ = true;
    out_.budget_ = budget;
    out_.summarized_ = need_.show_thinking && model_.thinking.most_budget > 0;   // Claude shows it beside a budget anyhow
    out_.max_tokens_ = std::min(out_.max_tokens_ + budget, room_);
    say(fmt::format("thinking budget {}: asked for; max_tokens raised to {} to keep room for the answer", budget, out_.max_tokens_));
    return {};
}

Result<void> Legalizer::thinking() {
    if (need_.thinking.kind() == Thinking::Kind::invalid) return bad_value("thinking must be \"auto\", \"off\" or a number of tokens.");
    if (need_.thinking.kind() == Thinking::Kind::budget && need_.thinking.budget() < least_budget)
        return bad_value(fmt::format("thinking is {} tokens; a budget must be at least {}.", need_.thinking.budget(), least_budget));
    if (const std::string_view why = forbidden(); !why.empty()) {
        switch_off(why);
        if (need_.thinking.kind() == Thinking::Kind::budget && !need_.allow_thinking)
            out_.dropped_.emplace_back("thinking was asked for, but allow_thinking is false");
        return {};
    }
    switch (need_.thinking.kind()) {
        case Thinking::Kind::off: switch_off("asked for"); return {};
        case Thinking::Kind::budget: return think_for(need_.thinking.budget());
        case Thinking::Kind::automatic:
        case Thinking::Kind::invalid: break;
    }
    if (need_.level == ThinkingLevel::off)
        switch_off("the turn does not need it");
    else
        think_automatically();
    return {};
}

Result<void> Legalizer::sampling() {
    if (!need_.temperature) return {};
    const double wish = *need_.temperature;
    if (!std::isfinite(wish) || wish < 0.0 || wish > 1.0) return bad_value(fmt::format("temperature is {}; it must be 0 to 1.", wish));
    if (!model_.sampling.temperature)
        out_.dropped_.push_back(fmt::format("temperature was asked for, but {} takes none", model_.id));
    else if (out_.thinks_)
        out_.dropped_.push_back("temperature was asked for, but it must not be changed while the model thinks");
    else
        out_.temperature_ = wish;
    say(out_.temperature_ ? fmt::format("temperature {}: asked for", wish) : "temperature not sent: " + out_.dropped_.back());
    return {};
}

Result<LegalParams> legalize(const Need& need, const ModelInfo& model, const Limits& limits) {
    LegalParams params;
    Legalizer legalizer(need, model, limits, params);
    if (auto done = legalizer.answer_length(); !done) return std::move(done).error();
    if (auto done = legalizer.thinking(); !done) return std::move(done).error();
    if (auto done = legalizer.sampling(); !done) return std::move(done).error();
    return params;
}

}  // namespace cortex
