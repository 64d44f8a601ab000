#include "dialects/openai_responses/items.hpp"

#include "core/json_slice.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

namespace cortex::dialects::openai_responses {
namespace {

/// The texts of the parts of one type, joined.
std::string joined_parts(const JsonObject& item, std::string_view list, std::string_view type, std::string_view member,
                         std::string_view between) {
    std::string out;
    const JsonArray* parts = json_array(item, list);
    if (parts == nullptr) return out;
    for (const JsonValue& value : *parts) {
        const JsonObject* part = value.if_object();
        if (part == nullptr || json_text_or_empty(*part, "type") != type) continue;
        const std::string_view text = json_text_or_empty(*part, member);
        if (!out.empty() && !text.empty()) out += between;
        out += text;
    }
    return out;
}

void read_message(const JsonObject& item, OutputItem& out) {
    if (const auto content = json_text(item, "content"))
        out.text = *content;
    else
        out.text = joined_parts(item, "content", "output_text", "text", "");
    out.refusal = joined_parts(item, "content", "refusal", "refusal", " ");
    if (trim(out.text).empty())
        out.block.value = UnknownBlock{"message"};
    else
        out.block.value = TextBlock{out.text};
}

void read_reasoning(const JsonObject& item, OutputItem& out) {
    out.thinking = joined_parts(item, "summary", "summary_text", "text", "\n\n");
    const std::string open = joined_parts(item, "content", "reasoning_text", "text", "\n\n");
    if (!out.thinking.empty() && !open.empty()) out.thinking += "\n\n";
    out.thinking += open;
    const std::string encrypted(json_text_or_empty(item, "encrypted_content"));
    if (out.thinking.empty())
        out.block.value = RedactedThinkingBlock{encrypted};
    else
        out.block.value = ThinkingBlock{out.thinking, encrypted};
}

void read_call(const JsonObject& item, const std::string& spare_id, OutputItem& out) {
    ToolUseBlock use;
    use.id = json_text_or_empty(item, "call_id");
    use.name = json_text_or_empty(item, "name");
    use.input = json_text_or_empty(item, "arguments");
    // Some servers send the arguments as an object.
    if (json_object(item, "arguments") != nullptr) use.input = slice_member(out.block.raw, "arguments").value_or("");
    if (trim(use.input).empty()) use.input = "{}";
    if (use.id.empty()) {
        use.id = json_text_or_empty(item, "id");
        if (use.id.empty()) use.id = spare_id;
        std::string quoted;
        append_json_string(quoted, use.id);
        if (!out.block.raw.empty()) out.block.raw = replace_members(out.block.raw, {{"call_id", quoted}});
    }
    out.block.value = std::move(use);
}

}  // namespace

OutputItem read_output_item(const JsonObject& item, std::string_view raw, const std::string& spare_id) {
    OutputItem out{.block = {.value = UnknownBlock{}, .raw = std::string(raw)}};
    const std::string_view type = json_text_or_empty(item, "type");
    if (type == "message")
        read_message(item, out);
    else if (type == "reasoning")
        read_reasoning(item, out);
    else if (type == "function_call")
        read_call(item, spare_id, out);
    else
        out.block.value = UnknownBlock{std::string(type)};
    return out;
}

bool is_replayable(const ContentBlock& reasoning) {
    const std::string_view encrypted = slice_member(reasoning.raw, "encrypted_content").value_or("");
    if (encrypted.size() > 2 && encrypted.front() == '"') return true;
    return !slice_elements(slice_member(reasoning.raw, "content").value_or("")).empty();
}

std::string without_id(const ContentBlock& block) {
    // Items of hosted tools are told apart by their id alone.
    const auto* unknown = block.as<UnknownBlock>();
    if (unknown != nullptr && unknown->type != "message") return block.raw;
    std::string out = "{";
    for (const JsonMemberSlice& member : slice_members(block.raw)) {
        if (member.name == "id") continue;
        if (out.size() > 1) out.push_back(',');
        out.append("\"").append(member.name).append("\":").append(member.value);
    }
    out.push_back('}');
    return out;
}

}  // namespace cortex::dialects::openai_responses
