#include "core/token_estimate.hpp"

namespace cortex {
namespace {

/// What a message, a call or a result costs beside its text.
constexpr std::int64_t frame_tokens = 8;
constexpr std::int64_t image_tokens = 1'600;
/// Base64 of a scanned or typeset page is seldom less than this many bytes a token of what the model reads.
constexpr std::int64_t document_bytes_per_token = 48;

std::int64_t estimate(const ContentBlock& block) noexcept {
    if (const auto* text = block.as<TextBlock>()) return estimate_tokens(text->text);
    if (block.as<ImageBlock>() != nullptr) return image_tokens;
    if (const auto* document = block.as<DocumentBlock>()) {
        if (!document->source.text.empty()) return estimate_tokens(document->source.text);
        return image_tokens + static_cast<std::int64_t>(document->source.base64.size()) / document_bytes_per_token;
    }
    if (const auto* use = block.as<ToolUseBlock>()) return frame_tokens + estimate_tokens(use->name) + estimate_tokens(use->input);
    if (const auto* result = block.as<ToolResultBlock>()) {
        std::int64_t sum = frame_tokens;
        for (const ContentBlock& inner : result->content) sum += estimate(inner);
        return sum;
    }
    if (const auto* thinking = block.as<ThinkingBlock>()) return estimate_tokens(thinking->text);
    return static_cast<std::int64_t>(block.raw.size()) / 4;
}

}  // namespace

std::int64_t estimate_tokens(std::string_view text) noexcept {
    std::int64_t ascii = 0;
    std::int64_t two_bytes = 0;    // Latin with marks, Greek, Cyrillic, Hebrew, Arabic: about two characters a token
    std::int64_t longer = 0;       // Indic, East Asian, emoji: about one
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        ascii += byte < 0x80U;
        two_bytes += byte >= 0xC0U && byte < 0xE0U;
        longer += byte >= 0xE0U;
    }
    return (ascii + 3) / 4 + (two_bytes + 1) / 2 + longer;
}

std::int64_t estimate_tokens(const Message& message) noexcept {
    std::int64_t sum = frame_tokens;
    for (const ContentBlock& block : message.content) sum += estimate(block);
    return sum;
}

}  // namespace cortex
