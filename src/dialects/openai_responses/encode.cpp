#include "dialects/openai_responses/encode.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/openai_responses/call_ids.hpp"
#include "dialects/openai_responses/input.hpp"
#include "dialects/strict_schema.hpp"
#include "dialects/turns.hpp"

#include <algorithm>

namespace cortex::dialects::openai_responses {
namespace {

/// Less is refused.
/// The vendor's limit on `prompt_cache_key`, in characters.
constexpr std::size_t longest_cache_key = 64;
constexpr std::int64_t least_output_tokens = 16;

void write_tools(JsonWriter& json, const std::vector<ToolDefinition>& tools) {
    json.key("tools").begin_array();
    for (const ToolDefinition& tool : tools) {
        json.begin_object().field("type", "function").field("name", tool.name);
        if (!tool.description.empty()) json.field("description", tool.description);
        json.key("parameters").raw(tool.input_schema);
        // Left out, the service would decide by itself, and fall back without a word.
        json.field("strict", fits_strict_subset(tool.input_schema)).end_object();
    }
    json.end_array();
}

void write_reasoning(JsonWriter& json, const ModelCall& call) {
    if (!writes_reasoning(call)) return;
    json.key("reasoning").begin_object();
    if (!call.params.effort().empty()) json.field("effort", call.params.effort());
    if (call.params.summarized()) json.field("summary", "auto");
    json.end_object();
}

void write_answer_format(JsonWriter& json, const AnswerSchema& answer) {
    json.key("text").begin_object().key("format").begin_object();
    json.field("type", "json_schema").field("name", answer.name).key("schema").raw(answer.schema);
    json.field("strict", fits_strict_subset(answer.schema)).end_object().end_object();
}

/// A guess that spares most reallocations.
std::size_t estimated_size(const ModelCall& call) {
    std::size_t size = 512;
    if (call.prefix) {
        size += call.prefix->system.size();
        for (const ToolDefinition& tool : call.prefix->tools)
            size += 96 + tool.name.size() + tool.description.size() + tool.input_schema.size();
    }
    for (const MessagePtr& message : call.messages)
        for (const ContentBlock& block : message->content) {
            size += 96 + block.raw.size();
            if (const auto* text = block.as<TextBlock>()) size += text->text.size() + text->text.size() / 16;
        }
    return size;
}

}  // namespace

bool writes_reasoning(const ModelCall& call) noexcept {
    return !call.without_effort && (!call.params.effort().empty() || call.params.summarized());
}

std::string encode_response_request(const ModelCall& call) {
    JsonWriter json(estimated_size(call));
    json.begin_object().field("model", call.wire_model);
    if (call.prefix && !trim(call.prefix->system).empty()) json.field("instructions", call.prefix->system);
    if (lists_tools(call)) write_tools(json, call.prefix->tools);
    json.key("input").begin_array();
    write_input(json, call);
    json.end_array();

    if (lists_tools(call) && call.tool_choice == ToolChoice::none) json.field("tool_choice", "none");
    json.field("max_output_tokens", std::max(call.params.max_tokens(), least_output_tokens));
    if (call.params.temperature()) json.field("temperature", *call.params.temperature());
    write_reasoning(json, call);
    if (call.answer) write_answer_format(json, *call.answer);
    json.field("store", false);
    // Models that do not reason refuse it.
    if (call.params.thinks() && !call.without_effort)
        json.key("include").begin_array().string("reasoning.encrypted_content").end_array();
    if (!call.cache_key.empty()) json.field("prompt_cache_key", fitting_id(call.cache_key, longest_cache_key));
    if (call.stream) json.field("stream", true);
    json.end_object();
    return std::move(json).take();
}

}  // namespace cortex::dialects::openai_responses
