#include "brain/need.hpp"

#include "brain/estimate.hpp"
#include "brain/message.hpp"
#include "brain/plain_text.hpp"
#include "brain/pleasantry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace cortex::brain {
namespace {

// What each fact of the turn before is worth. Each alone passes the threshold; together they approach 1.
constexpr double weight_tool_error = 0.60;
constexpr double weight_failed_check = 0.70;
constexpr double weight_correction = 0.65;
constexpr double weight_contradiction = 0.60;
constexpr double weight_hedge = 0.55;
constexpr double weight_failed_turn = 0.30;        // not alone: most failed turns are a network's doing
constexpr double low_self_report = 0.5;
constexpr double high_drift = 0.5;

// What wishes and wording make of the need. Some of the estimate stays in, so that of two such messages the harder one gets more.
constexpr double wished = 0.70;
constexpr double worded = 0.55;
constexpr double unwished = 0.40;
constexpr double cheap = 0.45;  // of look-ups and small talk
constexpr double pleasant = 0.05;
constexpr double in_simple_terms = 0.85;
constexpr double carried_on = 0.90;

/// A look-up is short, and asks one thing.
constexpr std::size_t longest_lookup = 140;
constexpr std::size_t longest_quotation = 40;

std::string number(double value) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
    return {text.data(), static_cast<std::size_t>(std::max(0, size))};
}

std::string in_quotes(std::string_view text) {
    std::size_t size = std::min(text.size(), longest_quotation);
    while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    std::string out;
    out.reserve(size + 2);
    return out.append("\"").append(text.substr(0, size)).append("\"");
}

std::string_view wording_of(Concept kind) noexcept {
    switch (kind) {
        case Concept::proof: return "proof";
        case Concept::plan: return "planning";
        case Concept::analysis: return "analysis";
        case Concept::design: return "design";
        default: return "debugging";
    }
}

/// A sum of doubts: 1 - (1-a)(1-b)...
class Doubts {
public:
    void add(double weight, std::string reason) {
        certain_ *= 1.0 - weight;
        reasons_.push_back(std::move(reason));
    }
    double value() const noexcept { return 1.0 - certain_; }
    std::vector<std::string>& reasons() noexcept { return reasons_; }

private:
    double certain_ = 1.0;
    std::vector<std::string> reasons_ = {};
};

std::string times(int count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

Found hedge_in(std::string_view answer, std::string& room) {
    if (answer.empty()) return {};
    const Window window = window_of(answer, 700, 500);
    room.reserve(window.size() + 1);
    append_plain(window.head, room);
    if (!window.tail.empty()) {
        room += '\n';
        append_plain(window.tail, room);
    }
    Matches matches;
    bool inside = false;
    for (std::size_t at = 0; at < room.size();) {
        const std::size_t here = at;
        const char32_t c = next_character(room, at);
        const bool word = is_word(c);
        if (word && (!inside || is_unspaced(c))) {
            match_at(room, here, matches);
            const std::size_t length = matches.of(Concept::hedge).length;
            if (length > 0) return {std::string_view(room).substr(here, length)};
        }
        inside = word && !is_unspaced(c);
    }
    return {};
}

/// What happened before this message, as far as it speaks for thinking again.
Doubts doubts_of(const TurnFacts& facts, const Reading& reading) {
    Doubts doubts;
    if (facts.tool_errors > 0)
        doubts.add(weight_tool_error, times(facts.tool_errors, "tool error") + " in the turn before");
    if (facts.failed_checks > 0)
        doubts.add(weight_failed_check, times(facts.failed_checks, "failed check") + " in the turn before");
    const bool answered = facts.turns > 0 || !facts.last_answer.empty();
    if (answered && reading.correction)
        doubts.add(weight_correction, "the user corrects the last answer: " + in_quotes(reading.correction.text));
    if (answered && reading.contradiction)
        doubts.add(weight_contradiction, "the user points to a contradiction: " + in_quotes(reading.contradiction.text));
    if (facts.self_report && *facts.self_report < low_self_report) {
        const double report = std::clamp(*facts.self_report, 0.0, 1.0);
        doubts.add(0.55 + 0.4 * (low_self_report - report) / low_self_report,
                   "the model's own confidence was " + number(report));
    }
    std::string room;
    if (const Found hedge = hedge_in(facts.last_answer, room))
        doubts.add(weight_hedge, "the last answer was unsure: " + in_quotes(hedge.text));
    if (facts.drift > high_drift) {
        const double drift = std::min(facts.drift, 1.0);
        doubts.add(0.5 + 0.45 * (drift - high_drift) / (1.0 - high_drift), "drift from the goal " + number(drift));
    }
    if (facts.turn_failed) doubts.add(weight_failed_turn, "the turn before failed");
    return doubts;
}

float of(const Message& message, Feature which) noexcept { return message.features()[static_cast<std::size_t>(which)]; }

/// A feature that is the logarithm of a count, as the count.
int counted(const Message& message, Feature which) {
    return static_cast<int>(std::lround(std::expm1(of(message, which))));
}

bool has_code(const Message& message) {
    return counted(message, Feature::fences) > 0 ||
           counted(message, Feature::keywords) + counted(message, Feature::code_signs) >= 3;
}

bool is_mathematical(const Message& message) {
    const int signs = counted(message, Feature::operators) + counted(message, Feature::relations) +
                      counted(message, Feature::commands) + counted(message, Feature::exponents) +
                      counted(message, Feature::assignments);
    return message.reading().count(Concept::maths) >= 1 &&
           (signs >= 1 || message.reading().count(Concept::calculate) >= 1);
}

bool is_multiple_choice(const Message& message) { return counted(message, Feature::options) >= 3; }

/// Whether the words that name a hard task are meant as one.
bool is_hard_wording(const Message& message, std::string_view& kind, std::string_view& text) {
    const Reading& reading = message.reading();
    if (is_multiple_choice(message)) return false;
    if (reading.hard && !reading.translate) {
        kind = wording_of(reading.hard_kind);
        text = reading.hard.text;
        return true;
    }
    const bool asks_for_words = reading.count(Concept::define) > 0 || reading.translate;
    const bool shown = has_code(message) || counted(message, Feature::lines) > 6;
    const bool in_code_of_mine = reading.count(Concept::why_mine) > 0 &&
                                 (reading.debug > 0 || reading.count(Concept::code) > 0 || has_code(message));
    if (in_code_of_mine ||
        (reading.debug >= 2 ? !asks_for_words || shown
                            : reading.debug == 1 && !asks_for_words && counted(message, Feature::words) >= 6)) {
        kind = "debugging";
        text = {};
        return true;
    }
    return false;
}

TaskKind kind_of(const Message& message, bool lookup, bool chat, std::string_view hard) {
    const Reading& reading = message.reading();
    if (lookup) return TaskKind::lookup;
    if (hard == "debugging") return TaskKind::debugging;
    if (hard == "planning" || hard == "design") return TaskKind::planning;
    if (hard == "analysis") return TaskKind::analysis;
    if (hard == "proof") return is_mathematical(message) ? TaskKind::mathematics : TaskKind::reasoning;
    if (is_mathematical(message)) return TaskKind::mathematics;
    if (has_code(message) || reading.count(Concept::code) >= 2) return TaskKind::coding;
    if (reading.count(Concept::summarize) > 0) return TaskKind::extraction;
    if (reading.count(Concept::write) > 0) return TaskKind::writing;
    if (chat) return TaskKind::chat;
    if (is_multiple_choice(message) || reading.count(Concept::logic) >= 2 || reading.count(Concept::explain) > 0)
        return TaskKind::reasoning;
    return TaskKind::chat;
}

/// "planning wording, 4 conditions, 2 numbers": what in the message speaks for its estimate.
std::string signs_of(const Message& message, std::string_view hard, std::string_view hard_text) {
    std::string out;
    const auto add = [&out](std::string part) {
        if (!out.empty()) out += ", ";
        out += part;
    };
    if (!hard.empty())
        add(std::string(hard) + " wording" + (hard_text.empty() ? std::string() : " " + in_quotes(hard_text)));
    const auto count = [&](int value, std::string_view what) {
        if (value > 0) add(times(value, what));
    };
    count(static_cast<int>(message.reading().count(Concept::logic)), "condition");
    count(counted(message, Feature::numbers), "number");
    count(counted(message, Feature::commands) + counted(message, Feature::operators) +
              counted(message, Feature::exponents),
          "mathematical sign");
    count(counted(message, Feature::questions), "question");
    count(counted(message, Feature::options), "option");
    if (has_code(message)) add("code");
    count(counted(message, Feature::tools), "tool");
    if (out.empty()) add(times(counted(message, Feature::words), "word"));
    return out;
}

/// From how much a turn is worth to a level and a budget: five rungs, each twice the one before.
void size_thinking(Assessment& out) {
    if (!out.hard) return;
    constexpr std::array<std::int64_t, 5> budgets{1024, 2048, 4096, 8192, 16384};
    constexpr std::array<ThinkingLevel, 5> levels{ThinkingLevel::low, ThinkingLevel::low, ThinkingLevel::medium,
                                                  ThinkingLevel::high, ThinkingLevel::max};
    const double way = std::clamp((out.need - out.threshold) / (1.0 - out.threshold), 0.0, 1.0);
    const auto rung = static_cast<std::size_t>(std::lround(way * 4.0));
    out.budget = budgets[rung];
    out.level = levels[rung];
}

Assessment pleasant_turn(Pleasantry what) {
    Assessment out;
    out.kind = what == Pleasantry::thanks ? TaskKind::thanks : TaskKind::greeting;
    out.complexity = pleasant;
    out.need = pleasant;
    out.reasons.push_back("nothing but " + std::string(what == Pleasantry::thanks ? "thanks" : "a greeting") +
                          ": need " + number(out.need) + ", threshold " + number(out.threshold));
    return out;
}

double complexity_of(const TurnFacts& facts, const Message& message) {
    if (!message.reading().carry_on || facts.last_prompt.empty()) return estimate(message);
    // "Go on" is as hard as what goes on.
    TurnFacts before = facts;
    before.prompt = facts.last_prompt;
    const Message last(before);
    std::string_view kind;
    std::string_view text;
    const double complexity = estimate(last);
    const bool hard = is_hard_wording(last, kind, text);
    return std::max(estimate(message),
                    carried_on * (hard ? std::max(complexity, worded + (1.0 - worded) * complexity) : complexity));
}

}  // namespace

std::string_view to_string(TaskKind kind) noexcept {
    constexpr std::array<std::string_view, 12> names{"greeting",    "thanks",     "lookup",   "chat",
                                                     "writing",     "extraction", "coding",   "debugging",
                                                     "mathematics", "reasoning",  "planning", "analysis"};
    return names[static_cast<std::size_t>(kind)];
}

Assessment assess(const TurnFacts& facts) {
    const Message message(facts);
    if (const Pleasantry what = pleasantry(facts.prompt, message.plain()); what != Pleasantry::none)
        return pleasant_turn(what);

    const Reading& reading = message.reading();
    Assessment out;
    out.complexity = complexity_of(facts, message);
    if (reading.count(Concept::simple) > 0) out.complexity *= in_simple_terms;

    std::string_view hard;
    std::string_view hard_text;
    const bool wording = is_hard_wording(message, hard, hard_text);
    const bool one_short_thing = message.plain().size() <= longest_lookup &&
                                 counted(message, Feature::questions) <= 1 && !has_code(message) &&
                                 !is_multiple_choice(message) && counted(message, Feature::numbers) <= 2;
    const bool asks_for_meaning = reading.count(Concept::define) > 0 && counted(message, Feature::words) <= 8 &&
                                  reading.count(Concept::calculate) == 0;
    const bool translates = static_cast<bool>(reading.translate) &&
                            (reading.count(Concept::code) == 0 || message.plain().find('"') != std::string::npos);
    const bool lookup = !wording && (translates || (one_short_thing && (reading.lookup || asks_for_meaning)));
    const bool chat = !wording && !lookup && one_short_thing && reading.chat;
    out.kind = kind_of(message, lookup, chat, hard);

    const std::string signs = signs_of(message, hard, hard_text);
    if (wording) out.complexity = std::max(out.complexity, worded + (1.0 - worded) * out.complexity);
    if (lookup || chat) out.complexity *= cheap;

    Doubts doubts = doubts_of(facts, reading);
    out.uncertainty = doubts.value();
    out.need = std::max(out.complexity, out.uncertainty);

    // Wishes win; of two that disagree the one for thinking.
    std::string wish;
    if (reading.wish_think && !translates) {
        out.need = std::max(out.need, wished + (1.0 - wished) * out.complexity);
        wish = "the user wishes for thinking: " + in_quotes(reading.wish_think.text);
    } else if (reading.wish_quick && !translates) {
        out.need = unwished * out.need;
        wish = "the user wishes for a quick answer: " + in_quotes(reading.wish_quick.text);
    }
    out.hard = out.need >= out.threshold;
    size_thinking(out);

    std::string estimate_reason = "complexity " + number(out.complexity) + ": " +
                                  (lookup ? "a look-up, "
                                   : chat ? "small talk, "
                                          : "") +
                                  signs;
    if (!wish.empty()) out.reasons.push_back(std::move(wish));
    const bool doubts_first = out.uncertainty > out.complexity;
    if (!doubts_first) out.reasons.push_back(std::move(estimate_reason));
    for (std::string& reason : doubts.reasons()) out.reasons.push_back(std::move(reason));
    if (doubts_first) out.reasons.push_back(std::move(estimate_reason));
    out.reasons.push_back("need " + number(out.need) + (out.hard ? " reaches" : " is below") + " the threshold " +
                          number(out.threshold));
    return out;
}

}  // namespace cortex::brain
