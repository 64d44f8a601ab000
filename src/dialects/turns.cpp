#include "dialects/turns.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace cortex::dialects {
namespace {

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

/// The calls of a conversation so far.
class Calls {
public:
    /// The id under which a new call is sent.
    std::string begin(const ToolUseBlock& use, bool verbatim) {
        std::string id = verbatim ? use.id : legal_tool_id(use.id);
        if (!verbatim)
            for (int copy = 2; sent_.contains(id); ++copy) id = fmt::format("{}_{}", legal_tool_id(use.id), copy);
        sent_.insert(id);
        open_.emplace_back(use.id, id);
        return id;
    }
    /// The id of the call that a result answers, or nothing where it answers none.
    std::optional<std::string> answer(const ToolResultBlock& result) {
        const auto first = open_.begin() + static_cast<std::ptrdiff_t>(answered_);
        const auto call = std::find_if(first, open_.end(),
                                       [&](const auto& open) { return open.first == result.tool_use_id; });
        if (call == open_.end()) return std::nullopt;
        std::string id = std::move(call->second);
        std::move_backward(first, call, std::next(call));
        ++answered_;
        return id;
    }
    /// What the turn that ends leaves unanswered.
    std::vector<std::string> close() {
        std::vector<std::string> ids;
        for (std::size_t i = answered_; i < open_.size(); ++i) ids.push_back(std::move(open_[i].second));
        open_.clear();
        answered_ = 0;
        return ids;
    }

private:
    std::vector<std::pair<std::string, std::string>> open_ = {};   // a call's own id, and the one it was sent under
    std::size_t answered_ = 0;   // so many of `open_`, at its front; results mostly come in the order of the calls
    std::set<std::string, std::less<>> sent_ = {};
};

Turn assistant_turn(const ModelCall& call, const Message& message, bool signed_thinking, Calls& calls) {
    Turn turn{.message = &message,
              .own = message.origin.provider == call.provider && message.origin.model == call.wire_model,
              .blocks = {},
              .ids = {},
              .unanswered = {}};
    const ThinkingPolicy policy{
        .own = turn.own, .needs_signature = signed_thinking, .stays_out = call.without_thinking_blocks};
    for (const ContentBlock& block : message.content) {
        if (block.as<ToolResultBlock>() != nullptr || !sendable(block, policy)) continue;
        const auto* use = block.as<ToolUseBlock>();
        turn.blocks.push_back(&block);
        turn.ids.push_back(use == nullptr ? "" : calls.begin(*use, turn.own && !block.raw.empty()));
    }
    return turn;
}

Turn user_turn(const Message& message, Calls& calls) {
    Turn turn{.message = &message, .own = false, .blocks = {}, .ids = {}, .unanswered = {}};
    for (const ContentBlock& block : message.content) {
        const auto* result = block.as<ToolResultBlock>();
        if (result == nullptr) continue;
        if (auto id = calls.answer(*result)) {
            turn.blocks.push_back(&block);
            turn.ids.push_back(*std::move(id));
        }
    }
    // Results come first: a text before them is refused.
    for (const ContentBlock& block : message.content) {
        const bool users = block.as<TextBlock>() != nullptr || block.as<ImageBlock>() != nullptr ||
                           block.as<DocumentBlock>() != nullptr;
        if (!users || !sendable(block, {})) continue;
        turn.blocks.push_back(&block);
        turn.ids.emplace_back();
    }
    turn.unanswered = calls.close();
    return turn;
}

}  // namespace

std::vector<Turn> legal_turns(const ModelCall& call, bool signed_thinking) {
    std::vector<Turn> turns;
    turns.reserve(call.messages.size());
    Calls calls;
    for (const MessagePtr& message : call.messages) {
        Turn turn = message->role == Role::assistant ? assistant_turn(call, *message, signed_thinking, calls)
                                                     : user_turn(*message, calls);
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

std::string fitting_id(std::string_view id, std::size_t most) {
    if (id.size() <= most) return std::string(id);
    std::uint64_t hash = 14695981039346656037U;   // FNV-1a, 64 bits
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return fmt::format("{}_{:016x}", utf8_prefix(id, most - 17), hash);
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
