#include "dialects/anthropic/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cortex::dialects::anthropic {
namespace {

/// More tokens than any answer counts; keeps sums of nonsense from overflowing.
constexpr std::int64_t most_tokens = std::int64_t{1} << 40;

void take_count(const JsonObject& usage, std::string_view name, std::int64_t& count) noexcept {
    if (const auto value = json_integer(usage, name)) count = std::clamp<std::int64_t>(*value, 0, most_tokens);
}

}  // namespace

StopReason stop_reason(std::string_view word) noexcept {
    constexpr std::array<std::pair<std::string_view, StopReason>, 8> words{{
        {"end_turn", StopReason::stop},
        {"stop_sequence", StopReason::stop},
        {"tool_use", StopReason::tool_calls},
        {"max_tokens", StopReason::length},
        {"model_context_window_exceeded", StopReason::length},
        {"pause_turn", StopReason::pause},
        {"compaction", StopReason::pause},
        {"refusal", StopReason::refusal},
    }};
    for (const auto& [name, reason] : words)
        if (name == word) return reason;
    return StopReason::unknown;
}

void UsageTotals::take(const JsonObject& usage) noexcept {
    known_ = true;
    take_count(usage, "input_tokens", input_);
    take_count(usage, "cache_read_input_tokens", cache_read_);
    take_count(usage, "cache_creation_input_tokens", cache_write_);
    take_count(usage, "output_tokens", output_);
    if (const JsonObject* split = json_object(usage, "cache_creation")) {
        take_count(*split, "ephemeral_1h_input_tokens", cache_write_1h_);
        // Servers that give the split without its sum are known.
        std::int64_t five_minutes = 0;
        take_count(*split, "ephemeral_5m_input_tokens", five_minutes);
        cache_write_ = std::max(cache_write_, five_minutes + cache_write_1h_);
    }
    if (const JsonObject* details = json_object(usage, "output_tokens_details"))
        take_count(*details, "thinking_tokens", thinking_);
}

Usage UsageTotals::usage() const noexcept {
    Usage usage;
    usage.input = input_;
    usage.cache_read = cache_read_;
    usage.cache_write_1h = std::min(cache_write_1h_, cache_write_);
    usage.cache_write_5m = cache_write_ - usage.cache_write_1h;
    usage.output = output_;
    usage.thinking = std::min(thinking_, output_);
    return usage;
}

}  // namespace cortex::dialects::anthropic
