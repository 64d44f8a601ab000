#include "dialects/turns.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace cortex::dialects {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

/// What of thinking goes back to the model that is asked.
struct ThinkingPolicy {
    bool own = false;            ///< It is that model's own.
    bool needs_signature = false;
    bool stays_out = false;
};

bool sendable(const ContentBlock& block, const ThinkingPolicy& policy) {
    if (const auto* text = block.as<TextBlock>()) return !trim(text->text).empty();
    if (const auto* thinking = block.as<ThinkingBlock>())
        return policy.own && !policy.stays_out && !(policy.needs_signature && thinking->signature.empty());
    if (block.as<RedactedThinkingBlock>() != nullptr) return policy.own && !policy.stays_out;
    if (block.as<UnknownBlock>() != nullptr) return policy.own && !block.raw.empty();
    return true;
}

Turn assistant_turn(const ModelCall& call, const Message& message, bool signed_thinking,
                    std::vector<std::string>& open_calls) {
    Turn turn{.message = &message,
              .own = message.origin.provider == call.provider && message.origin.model == call.wire_model,
              .blocks = {},
              .unanswered = {}};
    const ThinkingPolicy policy{.own = turn.own, .needs_signature = signed_thinking, .stays_out = call.without_thinking_blocks};
    for (const ContentBlock& block : message.content) {
        if (block.as<ToolResultBlock>() != nullptr || !sendable(block, policy)) continue;
        if (const auto* use = block.as<ToolUseBlock>()) open_calls.push_back(use->id);
        turn.blocks.push_back(&block);
    }
    return turn;
}

Turn user_turn(const Message& message, std::vector<std::string>& open_calls) {
    Turn turn{.message = &message, .own = false, .blocks = {}, .unanswered = {}};
    for (const ContentBlock& block : message.content) {
        const auto* result = block.as<ToolResultBlock>();
        if (result == nullptr || !contains(open_calls, result->tool_use_id)) continue;
        open_calls.erase(std::find(open_calls.begin(), open_calls.end(), result->tool_use_id));
        turn.blocks.push_back(&block);
    }
    // Results come first: a text before them is refused.
    for (const ContentBlock& block : message.content) {
        const bool users = block.as<TextBlock>() != nullptr || block.as<ImageBlock>() != nullptr ||
                           block.as<DocumentBlock>() != nullptr;
        if (users && sendable(block, {})) turn.blocks.push_back(&block);
    }
    turn.unanswered = std::exchange(open_calls, {});
    return turn;
}

}  // namespace

std::vector<Turn> legal_turns(const ModelCall& call, bool signed_thinking) {
    std::vector<Turn> turns;
    turns.reserve(call.messages.size());
    std::vector<std::string> open_calls;
    for (const MessagePtr& message : call.messages) {
        Turn turn = message->role == Role::assistant ? assistant_turn(call, *message, signed_thinking, open_calls)
                                                     : user_turn(*message, open_calls);
        if (!turn.blocks.empty() || !turn.unanswered.empty()) turns.push_back(std::move(turn));
    }
    return turns;
}

std::string legal_tool_id(std::string_view id) {
    std::string out;
    std::uint32_t hash = 2166136261U;   // FNV-1a, 32 bits
    bool changed = id.empty();
    for (const char c : id) {
        const bool fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        out.push_back(fits ? c : '_');
        changed = changed || !fits;
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return changed ? fmt::format("{}_{:08x}", out, hash) : out;
}

std::string legal_tool_name(std::string_view name) {
    constexpr std::size_t longest = 64;
    std::string out;
    for (const char c : name.substr(0, longest)) {
        const bool fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        out.push_back(fits ? c : '_');
    }
    return out.empty() ? "unnamed" : out;
}

bool lists_tools(const ModelCall& call) noexcept {
    return call.prefix != nullptr && !call.prefix->tools.empty() && !call.without_tools;
}

std::string legal_tool_input(std::string_view input) {
    if (trim(input).empty()) return "{}";
    // As the model wrote it, but for halves of surrogate pairs: strict readers refuse them.
    JsonParser parser;
    if (parser.parse_object(input) != nullptr) return std::string(parser.source());
    return std::move(JsonWriter().begin_object().field("INVALID_JSON", input).end_object()).take();
}

}  // namespace cortex::dialects
