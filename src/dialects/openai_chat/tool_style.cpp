#include "dialects/openai_chat/tool_style.hpp"

#include "dialects/turns.hpp"

#include <fmt/format.h>

namespace cortex::dialects::openai_chat {
namespace {

constexpr std::string_view any_object = R"({"type":"object"})";
constexpr std::string_view text_arguments =
    R"({"type":"object","properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false})";

void write_choice(JsonWriter& json, std::string_view name, std::string_view arguments) {
    json.begin_object().field("type", "object");
    json.key("properties").begin_object();
    json.key("tool").begin_object().field("const", name).end_object();
    json.key("arguments").raw(arguments).end_object();
    json.key("required").begin_array().string("tool").string("arguments").end_array();
    json.field("additionalProperties", false).end_object();
}

}  // namespace

ToolStyle tool_style(const ModelCall& call) noexcept {
    if (call.without_tools) return ToolStyle::told;
    if (call.model == nullptr || call.model->tool_use) return ToolStyle::native;
    return call.model->tools_by_schema && lists_tools(call) ? ToolStyle::by_schema : ToolStyle::told;
}

std::string schema_instructions(const std::vector<ToolDefinition>& tools) {
    std::string text = fmt::format(
        "You can use tools. Answer with one JSON object and nothing else, either to use a tool:\n"
        "{{\"tool\": NAME, \"arguments\": {{...}}}}\n"
        "or, when you need none or have its result, to answer the user:\n"
        "{{\"tool\": \"{}\", \"arguments\": {{\"text\": YOUR ANSWER}}}}\n"
        "The tools, with the JSON Schema of their arguments:",
        final_answer);
    for (const ToolDefinition& tool : tools)
        text += fmt::format("\n- {}: {} {}", tool.name, tool.description, tool.input_schema);
    return text;
}

void write_answer_schema(JsonWriter& json, const std::vector<ToolDefinition>& tools) {
    json.key("response_format").begin_object().field("type", "json_schema");
    json.key("json_schema")
        .begin_object()
        .field("name", "step")
        .key("schema")
        .begin_object()
        .key("anyOf")
        .begin_array();
    for (const ToolDefinition& tool : tools) {
        // References are read from the root of the whole schema, which this tool's is not any more.
        const bool refers = tool.input_schema.find("\"$ref\"") != std::string::npos;
        write_choice(json, tool.name, refers ? any_object : std::string_view(tool.input_schema));
    }
    write_choice(json, final_answer, text_arguments);
    json.end_array().end_object().end_object().end_object();
}

}  // namespace cortex::dialects::openai_chat
