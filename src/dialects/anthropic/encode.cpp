#include "dialects/anthropic/encode.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/anthropic/answer_format.hpp"
#include "dialects/anthropic/cache_marks.hpp"
#include "dialects/failure.hpp"
#include "dialects/turns.hpp"

namespace cortex::dialects::anthropic {
namespace {

/// Closes a block; a marked one says first that the service may remember all up to here.
void close(JsonWriter& json, bool marked) {
    if (marked) json.key("cache_control").begin_object().field("type", "ephemeral").end_object();
    json.end_object();
}

void write_text(JsonWriter& json, std::string_view text, bool marked = false) {
    json.begin_object().field("type", "text").field("text", text);
    close(json, marked);
}

void write_source(JsonWriter& json, std::string_view media_type, const MediaSource& source) {
    json.key("source").begin_object();
    if (!source.base64.empty())
        json.field("type", "base64").field("media_type", media_type).field("data", source.base64);
    else if (!source.url.empty())
        json.field("type", "url").field("url", source.url);
    else if (!source.file_id.empty())
        json.field("type", "file").field("file_id", source.file_id);
    else
        json.field("type", "text").field("media_type", "text/plain").field("data", source.text);
    json.end_object();
}

void write_image(JsonWriter& json, const ImageBlock& image, bool marked) {
    json.begin_object().field("type", "image");
    write_source(json, image.media_type, image.source);
    close(json, marked);
}

void write_document(JsonWriter& json, const DocumentBlock& document, bool marked) {
    json.begin_object().field("type", "document");
    write_source(json, document.media_type, document.source);
    if (!document.title.empty()) json.field("title", document.title);
    close(json, marked);
}

/// The address of a picture or document that lies elsewhere, or "".
std::string_view address_of(const ContentBlock& block) {
    if (const auto* image = block.as<ImageBlock>()) return image->source.base64.empty() ? image->source.url : std::string_view();
    if (const auto* document = block.as<DocumentBlock>()) return document->source.base64.empty() ? document->source.url : std::string_view();
    return {};
}

void write_media_or_text(JsonWriter& json, const ContentBlock& block, bool fetches_urls, bool marked) {
    if (const std::string_view address = fetches_urls ? std::string_view() : address_of(block); !address.empty()) return write_text(json, address, marked);
    if (const auto* text = block.as<TextBlock>()) write_text(json, text->text, marked);
    if (const auto* image = block.as<ImageBlock>()) write_image(json, *image, marked);
    if (const auto* document = block.as<DocumentBlock>()) write_document(json, *document, marked);
}

void write_result(JsonWriter& json, const ToolResultBlock& result, std::string_view id, bool fetches_urls, bool marked) {
    json.begin_object().field("type", "tool_result").field("tool_use_id", id);
    json.key("content").begin_array();
    for (const ContentBlock& block : result.content) {
        const auto* text = block.as<TextBlock>();
        if (text == nullptr || !trim(text->text).empty()) write_media_or_text(json, block, fetches_urls, false);
    }
    json.end_array();
    if (result.is_error) json.field("is_error", true);
    close(json, marked);
}

void write_unanswered(JsonWriter& json, std::string_view id, bool marked) {
    json.begin_object().field("type", "tool_result").field("tool_use_id", id);
    json.key("content").begin_array();
    write_text(json, not_executed);
    json.end_array().field("is_error", true);
    close(json, marked);
}

void write_block(JsonWriter& json, const ContentBlock& block, std::string_view id, bool own, bool fetches_urls, bool marked) {
    if (own && !block.raw.empty()) {
        json.raw(block.raw);
    } else if (const auto* use = block.as<ToolUseBlock>()) {
        json.begin_object().field("type", "tool_use").field("id", id).field("name", legal_tool_name(use->name));
        json.key("input").raw(legal_tool_input(use->input)).end_object();
    } else if (const auto* result = block.as<ToolResultBlock>()) {
        write_result(json, *result, id, fetches_urls, marked);
    } else if (const auto* thinking = block.as<ThinkingBlock>()) {
        json.begin_object()
            .field("type", "thinking")
            .field("thinking", thinking->text)
            .field("signature", thinking->signature)
            .end_object();
    } else if (const auto* redacted = block.as<RedactedThinkingBlock>()) {
        json.begin_object().field("type", "redacted_thinking").field("data", redacted->data).end_object();
    } else {
        write_media_or_text(json, block, fetches_urls, marked);
    }
}

void write_tools(JsonWriter& json, const std::vector<ToolDefinition>& tools, bool marked) {
    json.key("tools").begin_array();
    for (std::size_t i = 0; i < tools.size(); ++i) {
        json.begin_object().field("name", tools[i].name);
        if (!tools[i].description.empty()) json.field("description", tools[i].description);
        json.key("input_schema").raw(tools[i].input_schema);
        close(json, marked && i + 1 == tools.size());
    }
    json.end_array();
}

void write_turn(JsonWriter& json, const Turn& turn, bool fetches_urls, bool marked) {
    json.begin_object().field("role", turn.message->role == Role::assistant ? "assistant" : "user");
    json.key("content").begin_array();
    const auto mark = marked ? markable_element(turn) : std::nullopt;
    std::size_t element = 0;
    for (const std::string& id : turn.unanswered) write_unanswered(json, id, mark == element++);
    for (std::size_t i = 0; i < turn.blocks.size(); ++i)
        write_block(json, *turn.blocks[i], turn.ids[i], turn.own, fetches_urls, mark == element++);
    json.end_array().end_object();
}

/// `model`, `tools`, `system` and `messages`: all that a later request of the session repeats, in the order in which the
/// service reads it.
void write_conversation(JsonWriter& json, const ModelCall& call, bool names_model, bool fetches_urls, bool with_marks) {
    // Neighbours of one role stay apart: the service joins them itself, and joined here they would change bytes already
    // sent.
    const std::vector<Turn> turns = legal_turns(call, true);
    const CacheMarks marks = with_marks ? place_cache_marks(call, turns) : CacheMarks{};
    if (names_model) json.field("model", call.wire_model);
    if (lists_tools(call)) write_tools(json, call.prefix->tools, marks.tools);
    if (call.prefix && !trim(call.prefix->system).empty()) {
        json.key("system").begin_array();
        write_text(json, call.prefix->system, marks.system);
        json.end_array();
    }
    json.key("messages").begin_array();
    for (std::size_t i = 0; i < turns.size(); ++i) write_turn(json, turns[i], fetches_urls, marks.on(i));
    json.end_array();
}

void write_cloud_members(JsonWriter& json, const ModelCall& call, const BodyForm& form) {
    if (!form.version.empty()) json.field("anthropic_version", form.version);
    if (!form.lists_betas) return;
    std::vector<std::string_view> betas(form.betas.begin(), form.betas.end());
    for (const std::string_view beta : needed_betas(call))
        if (std::find(betas.begin(), betas.end(), beta) == betas.end()) betas.push_back(beta);
    if (betas.empty()) return;
    json.key("anthropic_beta").begin_array();
    for (const std::string_view beta : betas) json.string(beta);
    json.end_array();
}

void write_thinking(JsonWriter& json, const ModelCall& call, const BodyForm& form) {
    const LegalParams& params = call.params;
    using Form = LegalParams::ThinkingForm;
    if (params.thinking_form() != Form::absent) {
        json.key("thinking").begin_object();
        if (params.thinking_form() == Form::disabled) json.field("type", "disabled");
        if (params.thinking_form() == Form::adaptive) json.field("type", "adaptive");
        if (params.thinking_form() == Form::budget)
            json.field("type", "enabled").field("budget_tokens", params.thinking_budget());
        if (params.summarized() && params.thinking_form() != Form::disabled) json.field("display", "summarized");
        json.end_object();
    }
    const bool held = form.holds_to_schema && call.answer && call.model->known && holds_answers_to(call.answer->schema);
    if (params.effort().empty() && !held) return;
    json.key("output_config").begin_object();
    if (!params.effort().empty()) json.field("effort", params.effort());
    if (held) {
        json.key("format").begin_object().field("type", "json_schema").key("schema").raw(call.answer->schema).end_object();
    }
    json.end_object();
}

void write_tool_choice(JsonWriter& json, const ModelCall& call) {
    if (lists_tools(call) && call.tool_choice == ToolChoice::none)
        json.key("tool_choice").begin_object().field("type", "none").end_object();
}

/// A guess that spares most reallocations: texts and raw blocks once, and a little for the frame around each.
std::size_t estimated_size(const ModelCall& call) {
    std::size_t size = 512 + (call.prefix ? call.prefix->system.size() : 0);
    if (call.prefix)
        for (const ToolDefinition& tool : call.prefix->tools)
            size += 64 + tool.name.size() + tool.description.size() + tool.input_schema.size();
    for (const MessagePtr& message : call.messages)
        for (const ContentBlock& block : message->content) {
            size += 96 + block.raw.size();
            if (const auto* text = block.as<TextBlock>()) size += text->text.size() + text->text.size() / 16;
        }
    return size;
}

}  // namespace

std::string encode_message_request(const ModelCall& call, const BodyForm& form) {
    JsonWriter json(estimated_size(call));
    json.begin_object();
    write_cloud_members(json, call, form);
    write_conversation(json, call, form.names_model, form.fetches_urls, true);
    json.field("max_tokens", call.params.max_tokens());
    if (call.params.temperature()) json.field("temperature", *call.params.temperature());
    write_thinking(json, call, form);
    write_tool_choice(json, call);
    if (call.stream && form.tells_stream) json.field("stream", true);
    json.end_object();
    return std::move(json).take();
}

std::string encode_count_request(const ModelCall& call, const BodyForm& form) {
    JsonWriter json(estimated_size(call));
    json.begin_object();
    write_cloud_members(json, call, form);
    write_conversation(json, call, true, true, false);
    write_thinking(json, call, form);
    write_tool_choice(json, call);
    json.end_object();
    return std::move(json).take();
}

Result<std::int64_t> decode_count(const ModelCall& call, std::string_view body) {
    JsonParser parser;
    const JsonObject* answer = parser.parse_object(body);
    const auto tokens = answer == nullptr ? std::nullopt : json_integer(*answer, "input_tokens");
    if (!tokens || *tokens < 0) return malformed(call, "an answer to a token count that holds no count");
    return *tokens;
}

}  // namespace cortex::dialects::anthropic
