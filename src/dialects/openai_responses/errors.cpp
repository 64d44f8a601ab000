#include "dialects/openai_responses/errors.hpp"

#include "core/text.hpp"
#include "dialects/openai_failure.hpp"
#include "dialects/openai_responses/encode.hpp"
#include "dialects/turns.hpp"

#include <algorithm>
#include <array>

namespace cortex::dialects::openai_responses {
namespace {

/// Whether the history goes out with reasoning of the model's own, or with items that are named in its place.
bool sends_own_items(const ModelCall& call) {
    for (const Turn& turn : legal_turns(call, false)) {
        if (!turn.own) continue;
        for (const ContentBlock* block : turn.blocks)
            if (!block->raw.empty()) return true;
    }
    return false;
}

// What the service says of reasoning in the history: another account's or key's, out of its place, or gone with the
// stored answer that it was part of.
constexpr std::array<std::string_view, 8> unreadable_reasoning{
    "could not be decrypted",  "could not be verified",     "invalid_encrypted_content",
    "required following item", "required 'reasoning' item", "did not match the target organization",
    "organization_mismatch",   "items are not persisted"};

constexpr std::array<std::string_view, 3> no_tools{"does not support tool", "do not support tool",
                                                   "tools are not supported"};

}  // namespace

Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body) {
    constexpr std::size_t longest_read = 16 * 1024;
    if (head.status != 400 && head.status != 404 && head.status != 422) return Remedy::none;
    const std::string refusal = to_lower(body.substr(0, longest_read));
    const auto says = [&](std::string_view sign) { return refusal.find(sign) != std::string::npos; };
    if (!call.without_thinking_blocks && std::any_of(unreadable_reasoning.begin(), unreadable_reasoning.end(), says) &&
        sends_own_items(call))
        return Remedy::drop_thinking_blocks;

    JsonParser parser;
    const JsonObject* object = parser.parse_object(body);
    const std::string blamed = object == nullptr ? std::string() : blamed_member(*object);
    const bool asks_for_reasoning = writes_reasoning(call) || (call.params.thinks() && !call.without_effort);
    if (asks_for_reasoning && (blamed.starts_with("reasoning") || blamed.starts_with("include") ||
                               says("'reasoning.effort'") || says("encrypted content is not supported")))
        return Remedy::drop_effort;
    if (lists_tools(call) && std::any_of(no_tools.begin(), no_tools.end(), says)) return Remedy::drop_tools;
    return Remedy::none;
}

}  // namespace cortex::dialects::openai_responses
