#include "dialects/gemini/encode.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/gemini/contents.hpp"
#include "dialects/gemini/generation.hpp"
#include "dialects/gemini/schema.hpp"
#include "dialects/gemini/vocabulary.hpp"
#include "dialects/turns.hpp"

namespace cortex::dialects::gemini {
namespace {

void write_system(JsonWriter& json, const ModelCall& call) {
    if (!call.prefix || trim(call.prefix->system).empty()) return;
    json.key("systemInstruction").begin_object().key("parts").begin_array();
    json.begin_object().field("text", call.prefix->system).end_object();
    json.end_array().end_object();
}

void write_tools(JsonWriter& json, const ModelCall& call) {
    if (!lists_tools(call)) return;
    json.key("tools").begin_array().begin_object().key("functionDeclarations").begin_array();
    for (const ToolDefinition& tool : call.prefix->tools) {
        json.begin_object().field("name", function_name(tool.name));
        if (!tool.description.empty()) json.field("description", tool.description);
        const std::string schema = clean_schema(tool.input_schema);
        if (!asks_for_nothing(schema)) json.key("parametersJsonSchema").raw(schema);
        json.end_object();
    }
    json.end_array().end_object().end_array();
}

void write_tool_config(JsonWriter& json, const ModelCall& call) {
    if (!lists_tools(call) || call.tool_choice != ToolChoice::none) return;
    json.key("toolConfig").begin_object().key("functionCallingConfig").begin_object().field("mode", "NONE").end_object().end_object();
}

std::string in_capitals(std::string_view word) {
    std::string out(word);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

void write_thinking(JsonWriter& json, const ModelCall& call) {
    using Form = LegalParams::ThinkingForm;
    const LegalParams& params = call.params;
    const Form form = params.thinking_form();
    const bool by_level = form == Form::word && !params.effort().empty();
    const bool shown = params.summarized() && form != Form::disabled;
    if (call.without_effort || !(by_level || shown || form == Form::budget || form == Form::disabled)) return;
    json.key("thinkingConfig").begin_object();
    if (form == Form::budget) json.field("thinkingBudget", params.thinking_budget());
    if (form == Form::disabled) json.field("thinkingBudget", 0);
    if (by_level) json.field("thinkingLevel", in_capitals(params.effort()));
    if (shown) json.field("includeThoughts", true);
    json.end_object();
}

void write_generation(JsonWriter& json, const ModelCall& call) {
    json.key("generationConfig").begin_object();
    json.field("maxOutputTokens", call.params.max_tokens());
    if (call.params.temperature()) json.field("temperature", *call.params.temperature());
    // Before Gemini 3 a request that lists functions must not ask for JSON; what such a model says is checked when it arrives.
    if (call.answer && (is_third_generation(call) || !lists_tools(call))) {
        json.field("responseMimeType", "application/json");
        json.key("responseJsonSchema").raw(clean_schema(call.answer->schema));
    }
    write_thinking(json, call);
    json.end_object();
}

/// A guess that spares most reallocations: texts and raw blocks once, and a little for the frame around each.
std::size_t estimated_size(const ModelCall& call) {
    std::size_t size = 512 + (call.prefix ? call.prefix->system.size() : 0);
    if (call.prefix)
        for (const ToolDefinition& tool : call.prefix->tools) size += 64 + tool.name.size() + tool.description.size() + tool.input_schema.size();
    for (const MessagePtr& message : call.messages)
        for (const ContentBlock& block : message->content) {
            size += 96 + block.raw.size();
            if (const auto* text = block.as<TextBlock>()) size += text->text.size() + text->text.size() / 16;
        }
    return size;
}

}  // namespace

std::string encode_request(const ModelCall& call) {
    const History history = history_of(call);
    JsonWriter json(estimated_size(call));
    json.begin_object();
    write_system(json, call);
    write_tools(json, call);
    write_contents(json, call, history.turns);
    write_tool_config(json, call);
    write_generation(json, call);
    if (!history.token.empty()) json.key("continuationToken").raw(history.token);
    json.end_object();
    return std::move(json).take();
}

}  // namespace cortex::dialects::gemini
