#include "agent/level.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace cortex::agent {
namespace {

/// From here on writing the history to the cache again costs about as much as what one step of thinking saves or adds: at the
/// prices of a balanced model 8,192 tokens at 3.75 - 0.30 USD a million against 2,000 tokens of output at 15.
constexpr std::int64_t long_history = 8'192;

/// Tokens a second of output that no current model exceeds by much; slower ones have the deadline itself to stop them.
constexpr std::int64_t fast_output = 256;
/// The vendor's least budget, and from which budget on each level stands (docs/thinking.md).
constexpr std::int64_t least_budget = 1'024;

ThinkingLevel most_within(std::int64_t tokens) {
    if (tokens < least_budget) return ThinkingLevel::off;
    if (tokens < 4 * least_budget) return ThinkingLevel::low;
    if (tokens < 8 * least_budget) return ThinkingLevel::medium;
    return tokens < 16 * least_budget ? ThinkingLevel::high : ThinkingLevel::max;
}

}  // namespace

ThinkingLevel settle(ThinkingLevel wanted, ThinkingLevel before, std::int64_t history_tokens) noexcept {
    if (wanted == ThinkingLevel::off || before == ThinkingLevel::off || history_tokens < long_history) return wanted;
    const int step = static_cast<int>(wanted) - static_cast<int>(before);
    return std::abs(step) == 1 ? before : wanted;
}

std::string settled_reason(ThinkingLevel wanted, ThinkingLevel settled, std::int64_t history_tokens) {
    return fmt::format("level {} kept instead of {}: one step is not worth the cache of {} tokens", to_string(settled), to_string(wanted), history_tokens);
}

std::optional<std::string> fit_to_time(Need& need, std::chrono::milliseconds time) {
    const std::int64_t tokens = time.count() > INT64_MAX / fast_output ? INT64_MAX : time.count() * fast_output / 1'000;
    const ThinkingLevel most = most_within(tokens);
    if (need.level <= most && need.budget <= tokens) return std::nullopt;
    need.level = std::min(need.level, most);
    need.budget = need.level == ThinkingLevel::off ? 0 : std::min(need.budget, tokens);
    return fmt::format("thinking lowered to {}: a timeout of {} ms leaves time for about {} tokens", to_string(need.level), time.count(), tokens);
}

}  // namespace cortex::agent
