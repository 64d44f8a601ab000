#include "dialects/gemini/vocabulary.hpp"

#include "dialects/turns.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cortex::dialects::gemini {

std::string function_name(std::string_view name) {
    std::string legal = legal_tool_name(name);
    const char first = legal.front();
    if ((first >= '0' && first <= '9') || first == '-') legal.insert(legal.begin(), '_');
    return legal;
}

Ending ending(std::string_view finish_reason) noexcept {
    using Kind = Ending::Kind;
    constexpr Ending refusal{Kind::answered, StopReason::refusal};
    constexpr Ending garbled{Kind::garbled, StopReason::unknown};
    constexpr Ending for_good{Kind::refused_for_good, StopReason::unknown};
    constexpr std::array<std::pair<std::string_view, Ending>, 19> words{{
        {"STOP", {Kind::answered, StopReason::stop}},
        {"MAX_TOKENS", {Kind::answered, StopReason::length}},
        {"CONTINUATION", {Kind::answered, StopReason::pause}},
        {"SAFETY", refusal},
        {"RECITATION", refusal},
        {"BLOCKLIST", refusal},
        {"PROHIBITED_CONTENT", refusal},
        {"SPII", refusal},
        {"IMAGE_SAFETY", refusal},
        {"IMAGE_PROHIBITED_CONTENT", refusal},
        {"IMAGE_RECITATION", refusal},
        {"ESCALATION", refusal},
        {"MODEL_ARMOR", refusal},
        {"PUP_LIMITED_DISABLED", refusal},
        {"MALFORMED_FUNCTION_CALL", garbled},
        {"UNEXPECTED_TOOL_CALL", garbled},
        {"MALFORMED_RESPONSE", garbled},
        {"TOO_MANY_TOOL_CALLS", for_good},
        {"MISSING_THOUGHT_SIGNATURE", for_good},
    }};
    for (const auto& [name, meaning] : words)
        if (name == finish_reason) return meaning;
    return {};
}

void UsageTotals::take_count(const JsonObject& metadata, std::string_view name, std::int64_t& count) noexcept {
    // More tokens than any answer counts; keeps sums of nonsense from overflowing.
    constexpr std::int64_t most_tokens = std::int64_t{1} << 40;
    const auto value = json_integer(metadata, name);
    if (!value) return;
    count = std::clamp<std::int64_t>(*value, 0, most_tokens);
    known_ = true;
}

void UsageTotals::take(const JsonObject& metadata) noexcept {
    take_count(metadata, "promptTokenCount", prompt_);
    take_count(metadata, "cachedContentTokenCount", cached_);
    take_count(metadata, "toolUsePromptTokenCount", tool_use_);
    take_count(metadata, "candidatesTokenCount", candidates_);
    take_count(metadata, "thoughtsTokenCount", thoughts_);
}

Usage UsageTotals::usage() const noexcept {
    Usage usage;
    usage.cache_read = std::min(cached_, prompt_ + tool_use_);
    usage.input = prompt_ + tool_use_ - usage.cache_read;
    usage.output = candidates_ + thoughts_;
    usage.thinking = thoughts_;
    return usage;
}

}  // namespace cortex::dialects::gemini
