#include "dialects/anthropic/cache_marks.hpp"

#include "core/text.hpp"
#include "core/token_estimate.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace cortex::dialects::anthropic {
namespace {

constexpr std::size_t most_marks = 4;
/// How many blocks the service looks back from a mark for an earlier entry.
constexpr std::size_t look_back = 20;
/// The commonest least size among the models that are known.
constexpr std::int64_t usual_least = 1'024;
/// What a tool costs beside its texts.
constexpr std::int64_t tool_frame_tokens = 8;

std::int64_t least_cacheable(const ModelInfo& model) noexcept {
    if (model.min_cacheable_tokens > 0) return model.min_cacheable_tokens;
    return model.provider == "anthropic" ? usual_least : std::numeric_limits<std::int64_t>::max();
}

bool from_user(const Turn& turn) noexcept { return turn.message->role == Role::user; }

std::size_t elements(const Turn& turn) noexcept { return turn.unanswered.size() + turn.blocks.size(); }

bool brings_results(const Turn& turn) {
    return !turn.unanswered.empty() ||
           std::any_of(turn.blocks.begin(), turn.blocks.end(),
                       [](const ContentBlock* block) { return block->as<ToolResultBlock>() != nullptr; });
}

bool says_something(const ToolResultBlock& result) {
    return std::any_of(result.content.begin(), result.content.end(), [](const ContentBlock& block) {
        const auto* text = block.as<TextBlock>();
        return text == nullptr || !trim(text->text).empty();
    });
}

/// The last user turn before `end` that satisfies the predicate.
template <class Predicate>
std::optional<std::size_t> last_user_turn(const std::vector<Turn>& turns, std::size_t end, Predicate predicate) {
    for (std::size_t i = end; i-- > 0;)
        if (from_user(turns[i]) && predicate(turns[i])) return i;
    return std::nullopt;
}

std::optional<std::size_t> answered_last(const std::vector<Turn>& turns) {
    for (std::size_t i = turns.size(); i-- > 0;)
        if (!from_user(turns[i]) && turns[i].own) return last_user_turn(turns, i, [](const Turn&) { return true; });
    return std::nullopt;
}

/// Counts what the model reads, up to a figure that is all that matters.
class Reading {
public:
    explicit Reading(std::int64_t least) : least_(least) {}
    bool enough() const noexcept { return sum_ >= least_; }
    void add(std::int64_t tokens) noexcept { sum_ += tokens; }

private:
    std::int64_t least_;
    std::int64_t sum_ = 0;
};

}  // namespace

bool CacheMarks::on(std::size_t turn) const noexcept {
    return std::find(turns.begin(), turns.end(), turn) != turns.end();
}

std::optional<std::size_t> markable_element(const Turn& turn) noexcept {
    for (std::size_t i = turn.blocks.size(); i-- > 0;) {
        const auto* result = turn.blocks[i]->as<ToolResultBlock>();
        if (result == nullptr || says_something(*result)) return turn.unanswered.size() + i;
    }
    if (turn.unanswered.empty()) return std::nullopt;
    return turn.unanswered.size() - 1;
}

CacheMarks place_cache_marks(const ModelCall& call, const std::vector<Turn>& turns) {
    CacheMarks marks;
    const std::int64_t least = least_cacheable(*call.model);
    if (least == std::numeric_limits<std::int64_t>::max()) return marks;

    Reading reading(least);
    if (call.prefix) {
        for (const ToolDefinition& tool : call.prefix->tools) {
            if (reading.enough()) break;
            reading.add(tool_frame_tokens + estimate_tokens(tool.name) + estimate_tokens(tool.description) +
                        estimate_tokens(tool.input_schema));
        }
        marks.tools = !call.prefix->tools.empty() && reading.enough();
        if (!trim(call.prefix->system).empty()) {
            if (!reading.enough()) reading.add(estimate_tokens(call.prefix->system));
            marks.system = reading.enough();
        }
    }
    std::size_t first_long_enough = 0;
    for (; first_long_enough < turns.size() && !reading.enough(); ++first_long_enough)
        reading.add(estimate_tokens(*turns[first_long_enough].message));
    if (!reading.enough()) return marks;
    if (first_long_enough > 0) --first_long_enough;   // the turn that reached it

    const auto mark = [&](std::optional<std::size_t> turn) {
        if (turn && *turn >= first_long_enough && !marks.on(*turn) && markable_element(turns[*turn]))
            marks.turns.push_back(*turn);
    };
    const auto newest = last_user_turn(turns, turns.size(), [](const Turn&) { return true; });
    mark(newest);
    const auto answered = answered_last(turns);
    mark(answered);
    if (answered && !call.model->thinking.keeps_earlier) {
        const auto begin = last_user_turn(turns, *answered, [](const Turn& turn) { return !brings_results(turn); });
        std::size_t between = 0;
        for (std::size_t i = begin.value_or(*answered); i < *answered; ++i) between += elements(turns[i + 1]);
        if (between > look_back) mark(begin);
    }
    if (marks.turns.size() + (marks.tools ? 1U : 0U) + (marks.system ? 1U : 0U) > most_marks) marks.tools = false;
    return marks;
}

}  // namespace cortex::dialects::anthropic
