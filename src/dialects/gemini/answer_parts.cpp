#include "dialects/gemini/answer_parts.hpp"

#include "core/json_slice.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

namespace cortex::dialects::gemini {
namespace {

bool flag(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* member = json_member(object, name);
    return member != nullptr && member->is_bool() && member->get_bool();
}

/// A text or thought that the neutral view says wholly.
bool is_plain(const JsonObject& part) {
    for (const auto& member : part)
        if (member.key() != "text" && member.key() != "thought" && !member.value().is_null()) return false;
    return true;
}

/// 64 bits that differ for different texts, FNV-1a.
std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return (hash ^ 0xFFU) * 1099511628211ULL;
}

/// Which of the kinds of part this is, for parts that only their bytes describe.
std::string_view kind_of(const JsonObject& part) noexcept {
    constexpr std::array<std::string_view, 7> kinds{"executableCode", "codeExecutionResult", "inlineData",      "fileData",
                                                    "toolCall",       "toolResponse",        "functionResponse"};
    for (const std::string_view kind : kinds)
        if (part.contains(kind)) return kind;
    return "part";
}

}  // namespace

std::optional<AnswerParts::Piece> AnswerParts::take(std::string_view raw, const JsonObject& part, std::string_view seed) {
    if (const JsonObject* call = json_object(part, "functionCall")) {
        mergeable_ = false;
        if (!take_call(raw, *call, seed)) return std::nullopt;
        return Piece{};
    }
    if (const auto text = json_text(part, "text")) return take_text(*text, raw, part);
    if (is_plain(part)) return Piece{};   // an empty part
    mergeable_ = false;
    // A signature may stand alone.
    if (part.size() == 1 && json_text(part, "thoughtSignature"))
        blocks_.push_back({.value = ThinkingBlock{"", std::string(json_text_or_empty(part, "thoughtSignature"))}, .raw = std::string(raw)});
    else
        blocks_.push_back({.value = UnknownBlock{std::string(kind_of(part))}, .raw = std::string(raw)});
    return Piece{};
}

AnswerParts::Piece AnswerParts::take_text(std::string_view text, std::string_view raw, const JsonObject& part) {
    const bool thought = flag(part, "thought");
    const Piece piece{text, thought};
    if (is_plain(part)) {
        if (text.empty()) return piece;
        ContentBlock* last = mergeable_ ? &blocks_.back() : nullptr;
        auto* said = last == nullptr ? nullptr : std::get_if<TextBlock>(&last->value);
        auto* thinking = last == nullptr ? nullptr : std::get_if<ThinkingBlock>(&last->value);
        if (!thought && said != nullptr)
            said->text += text;
        else if (thought && thinking != nullptr)
            thinking->text += text;
        else if (thought)
            blocks_.push_back({.value = ThinkingBlock{std::string(text), ""}, .raw = {}});
        else
            blocks_.push_back({.value = TextBlock{std::string(text)}, .raw = {}});
        mergeable_ = true;
        return piece;
    }
    mergeable_ = false;
    std::string signature(json_text_or_empty(part, "thoughtSignature"));
    if (thought) {
        blocks_.push_back({.value = ThinkingBlock{std::string(text), std::move(signature)}, .raw = std::string(raw)});
        return piece;
    }
    if (!trim(text).empty()) {
        blocks_.push_back({.value = TextBlock{std::string(text)}, .raw = std::string(raw)});
        return piece;
    }
    // A blank text is left out of every history, but what is signed must go back.
    if (!text.empty()) blocks_.push_back({.value = TextBlock{std::string(text)}, .raw = {}});
    blocks_.push_back({.value = ThinkingBlock{"", std::move(signature)}, .raw = std::string(raw)});
    return piece;
}

bool AnswerParts::take_call(std::string_view raw, const JsonObject& call, std::string_view seed) {
    const std::string_view name = json_text_or_empty(call, "name");
    const JsonArray* pieces = json_array(call, "partialArgs");
    const bool goes_on = flag(call, "willContinue");
    if (!name.empty()) {
        close_call();
        const std::string_view text = slice_member(raw, "functionCall").value_or("{}");
        std::string input(slice_member(text, "args").value_or("{}"));
        if (input == "null") input = "{}";
        std::string id(json_text_or_empty(call, "id"));
        if (id.empty()) id = fmt::format("call_{:016x}", mix(mix(mix(14695981039346656037ULL, seed), name), fmt::format("{} {}", calls_, input)));
        ++calls_;
        blocks_.push_back({.value = ToolUseBlock{std::move(id), std::string(name), std::move(input)}, .raw = std::string(raw)});
        if (goes_on || pieces != nullptr) open_call_.emplace(OpenCall{blocks_.size() - 1, {}});
    }
    // The last piece of a call may be an empty one.
    if (!open_call_) return pieces == nullptr;
    if (pieces != nullptr && !open_call_->args.take(*pieces)) return false;
    if (!goes_on) close_call();
    return true;
}

/// The call as it would have arrived in one piece.
void AnswerParts::close_call() {
    if (!open_call_) return;
    ContentBlock& block = blocks_[open_call_->block];
    auto& use = std::get<ToolUseBlock>(block.value);
    use.input = open_call_->args.text();
    JsonWriter whole;
    whole.begin_object();
    for (const JsonMemberSlice& member : slice_members(slice_member(block.raw, "functionCall").value_or("{}")))
        if (member.name == "name" || member.name == "id") whole.key(member.name).raw(member.value);
    whole.key("args").raw(use.input).end_object();
    block.raw = replace_members(block.raw, {{"functionCall", std::move(whole).take()}});
    open_call_.reset();
}

std::vector<ContentBlock> AnswerParts::finish() && {
    close_call();
    return std::move(blocks_);
}

}  // namespace cortex::dialects::gemini
