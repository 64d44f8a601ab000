#include "dialects/anthropic/encode.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/turns.hpp"

namespace cortex::dialects::anthropic {
namespace {

void write_text(JsonWriter& json, std::string_view text) {
    json.begin_object().field("type", "text").field("text", text).end_object();
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

void write_image(JsonWriter& json, const ImageBlock& image) {
    json.begin_object().field("type", "image");
    write_source(json, image.media_type, image.source);
    json.end_object();
}

void write_document(JsonWriter& json, const DocumentBlock& document) {
    json.begin_object().field("type", "document");
    write_source(json, document.media_type, document.source);
    if (!document.title.empty()) json.field("title", document.title);
    json.end_object();
}

void write_media_or_text(JsonWriter& json, const ContentBlock& block) {
    if (const auto* text = block.as<TextBlock>()) write_text(json, text->text);
    if (const auto* image = block.as<ImageBlock>()) write_image(json, *image);
    if (const auto* document = block.as<DocumentBlock>()) write_document(json, *document);
}

void write_result(JsonWriter& json, const ToolResultBlock& result) {
    json.begin_object().field("type", "tool_result").field("tool_use_id", legal_tool_id(result.tool_use_id));
    json.key("content").begin_array();
    for (const ContentBlock& block : result.content) {
        const auto* text = block.as<TextBlock>();
        if (text == nullptr || !trim(text->text).empty()) write_media_or_text(json, block);
    }
    json.end_array();
    if (result.is_error) json.field("is_error", true);
    json.end_object();
}

void write_unanswered(JsonWriter& json, std::string_view id) {
    json.begin_object().field("type", "tool_result").field("tool_use_id", legal_tool_id(id));
    json.key("content").begin_array();
    write_text(json, not_executed);
    json.end_array().field("is_error", true).end_object();
}

void write_block(JsonWriter& json, const ContentBlock& block, bool own) {
    if (own && !block.raw.empty()) {
        json.raw(block.raw);
    } else if (const auto* use = block.as<ToolUseBlock>()) {
        json.begin_object().field("type", "tool_use").field("id", legal_tool_id(use->id)).field("name", use->name);
        json.key("input").raw(legal_tool_input(use->input)).end_object();
    } else if (const auto* result = block.as<ToolResultBlock>()) {
        write_result(json, *result);
    } else if (const auto* thinking = block.as<ThinkingBlock>()) {
        json.begin_object()
            .field("type", "thinking")
            .field("thinking", thinking->text)
            .field("signature", thinking->signature)
            .end_object();
    } else if (const auto* redacted = block.as<RedactedThinkingBlock>()) {
        json.begin_object().field("type", "redacted_thinking").field("data", redacted->data).end_object();
    } else {
        write_media_or_text(json, block);
    }
}

/// `model`, `system` and `messages`: all that a later request of the session repeats.
void write_conversation(JsonWriter& json, const ModelCall& call) {
    json.field("model", call.wire_model);
    if (call.prefix && !trim(call.prefix->system).empty()) {
        json.key("system").begin_array();
        write_text(json, call.prefix->system);
        json.end_array();
    }
    json.key("messages").begin_array();
    // Neighbours of one role stay apart: the service joins them itself, and joined here they would change bytes already
    // sent.
    for (const Turn& turn : legal_turns(call, true)) {
        json.begin_object().field("role", turn.message->role == Role::assistant ? "assistant" : "user");
        json.key("content").begin_array();
        for (const std::string& id : turn.unanswered) write_unanswered(json, id);
        for (const ContentBlock* block : turn.blocks) write_block(json, *block, turn.own);
        json.end_array().end_object();
    }
    json.end_array();
}

void write_thinking(JsonWriter& json, const LegalParams& params) {
    switch (params.thinking_form()) {
        case LegalParams::ThinkingForm::absent: break;
        case LegalParams::ThinkingForm::disabled:
            json.key("thinking").begin_object().field("type", "disabled").end_object();
            break;
        case LegalParams::ThinkingForm::adaptive:
            json.key("thinking").begin_object().field("type", "adaptive").end_object();
            break;
        case LegalParams::ThinkingForm::budget:
            json.key("thinking")
                .begin_object()
                .field("type", "enabled")
                .field("budget_tokens", params.thinking_budget())
                .end_object();
            break;
    }
    if (!params.effort().empty())
        json.key("output_config").begin_object().field("effort", params.effort()).end_object();
}

/// A guess that spares most reallocations: texts and raw blocks once, and a little for the frame around each.
std::size_t estimated_size(const ModelCall& call) {
    std::size_t size = 512 + (call.prefix ? call.prefix->system.size() : 0);
    for (const MessagePtr& message : call.messages)
        for (const ContentBlock& block : message->content) {
            size += 96 + block.raw.size();
            if (const auto* text = block.as<TextBlock>()) size += text->text.size() + text->text.size() / 16;
        }
    return size;
}

}  // namespace

std::string encode_message_request(const ModelCall& call) {
    JsonWriter json(estimated_size(call));
    json.begin_object();
    write_conversation(json, call);
    json.field("max_tokens", call.params.max_tokens());
    write_thinking(json, call.params);
    if (call.stream) json.field("stream", true);
    json.end_object();
    return std::move(json).take();
}

std::string encode_count_request(const ModelCall& call) {
    JsonWriter json(estimated_size(call));
    json.begin_object();
    write_conversation(json, call);
    write_thinking(json, call.params);
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
