#include "agent/level.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace cortex::agent {
namespace {

/// From here on writing the history to the cache again costs about as much as what one step of thinking saves or adds: at the
/// prices of a balanced model 8,192 tokens at 3.75 - 0.30 USD a million against 2,000 tokens of output at 15.
constexpr std::int64_t long_history = 8'192;

}  // namespace

ThinkingLevel settle(ThinkingLevel wanted, ThinkingLevel before, std::int64_t history_tokens) noexcept {
    if (wanted == ThinkingLevel::off || before == ThinkingLevel::off || history_tokens < long_history) return wanted;
    const int step = static_cast<int>(wanted) - static_cast<int>(before);
    return std::abs(step) == 1 ? before : wanted;
}

std::string settled_reason(ThinkingLevel wanted, ThinkingLevel settled, std::int64_t history_tokens) {
    return fmt::format("level {} kept instead of {}: one step is not worth the cache of {} tokens", to_string(settled), to_string(wanted), history_tokens);
}

}  // namespace cortex::agent
