#include "dialects/anthropic/block_builder.hpp"

#include "core/json_slice.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/turns.hpp"

namespace cortex::dialects::anthropic {
namespace {

BlockBuilder::Kind kind_of(std::string_view type) noexcept {
    if (type == "text") return BlockBuilder::Kind::text;
    if (type == "thinking") return BlockBuilder::Kind::thinking;
    if (type == "redacted_thinking") return BlockBuilder::Kind::redacted_thinking;
    if (type == "tool_use") return BlockBuilder::Kind::tool_use;
    return BlockBuilder::Kind::other;
}

std::string in_quotes(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

BlockBuilder::BlockBuilder(std::string_view raw, const JsonObject& object)
    : kind_(kind_of(json_text_or_empty(object, "type"))), type_(json_text_or_empty(object, "type")), start_(raw) {
    if (kind_ == Kind::text) text_ = json_text_or_empty(object, "text");
    if (kind_ == Kind::thinking) {
        text_ = json_text_or_empty(object, "thinking");
        signature_ = json_text_or_empty(object, "signature");
    }
}

void BlockBuilder::set_member(std::string_view name, std::string_view raw) {
    for (auto& [known, value] : members_)
        if (known == name) {
            value = raw;
            return;
        }
    members_.emplace_back(name, raw);
    touched_ = true;
}

/// A text that the neutral view says wholly.
bool BlockBuilder::plain_text() const {
    if (!citations_.empty()) return false;
    for (const JsonMemberSlice& member : slice_members(start_)) {
        const bool empty = member.value == "null" || member.value == "[]";
        if (member.name != "type" && member.name != "text" && !empty) return false;
    }
    return true;
}

std::string BlockBuilder::replaced() const {
    std::vector<std::pair<std::string_view, std::string>> values;
    if (kind_ == Kind::text) values.emplace_back("text", in_quotes(text_));
    if (kind_ == Kind::thinking) {
        values.emplace_back("thinking", in_quotes(text_));
        values.emplace_back("signature", in_quotes(signature_));
    }
    if (!trim(input_).empty()) values.emplace_back("input", legal_tool_input(input_));
    if (!citations_.empty()) {
        std::string list = "[";
        for (const std::string_view known : slice_elements(slice_member(start_, "citations").value_or("")))
            list.append(known).push_back(',');
        for (const std::string& citation : citations_) list.append(citation).push_back(',');
        list.back() = ']';
        values.emplace_back("citations", std::move(list));
    }
    for (const auto& [name, value] : members_) values.emplace_back(name, value);
    return replace_members(start_, values);
}

ContentBlock BlockBuilder::finish() && {
    ContentBlock block{.value = TextBlock{}, .raw = {}};
    switch (kind_) {
        case Kind::text:
            if (!plain_text()) block.raw = touched_ ? replaced() : std::move(start_);
            block.value = TextBlock{std::move(text_)};
            return block;
        case Kind::thinking:
            block.raw = touched_ ? replaced() : std::move(start_);
            block.value = ThinkingBlock{std::move(text_), std::move(signature_)};
            return block;
        case Kind::tool_use: {
            // The input of the opening object is a placeholder where pieces follow, and the input itself where none
            // does.
            if (trim(input_).empty()) input_ = slice_member(start_, "input").value_or("{}");
            if (trim(input_).empty() || input_ == "null") input_ = "{}";
            JsonParser parser;
            const JsonObject* object = parser.parse_object(start_);
            ToolUseBlock use;
            if (object != nullptr) {
                use.id = json_text_or_empty(*object, "id");
                use.name = json_text_or_empty(*object, "name");
            }
            block.raw = touched_ || !is_json_object(input_) ? replaced() : std::move(start_);
            use.input = std::move(input_);
            block.value = std::move(use);
            return block;
        }
        case Kind::redacted_thinking: {
            JsonParser parser;
            const JsonObject* object = parser.parse_object(start_);
            block.value =
                RedactedThinkingBlock{std::string(object == nullptr ? "" : json_text_or_empty(*object, "data"))};
            block.raw = std::move(start_);
            return block;
        }
        case Kind::other: break;
    }
    block.raw = touched_ ? replaced() : std::move(start_);
    block.value = UnknownBlock{std::move(type_)};
    return block;
}

}  // namespace cortex::dialects::anthropic
