#include "dialects/openai_chat/encode.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/turns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::dialects::openai_chat {
namespace {

using Blocks = std::vector<const ContentBlock*>;

void write_part(JsonWriter& json, const ContentBlock& block) {
    if (const auto* text = block.as<TextBlock>()) {
        json.begin_object().field("type", "text").field("text", text->text).end_object();
    } else if (const auto* image = block.as<ImageBlock>()) {
        const std::string url = image->source.base64.empty()
                                    ? image->source.url
                                    : fmt::format("data:{};base64,{}", image->media_type, image->source.base64);
        json.begin_object()
            .field("type", "image_url")
            .key("image_url")
            .begin_object()
            .field("url", url)
            .end_object()
            .end_object();
    } else if (const auto* document = block.as<DocumentBlock>()) {
        const MediaSource& source = document->source;
        if (!source.text.empty()) {
            json.begin_object().field("type", "text").field("text", source.text).end_object();
        } else if (!source.url.empty()) {
            // There is no part for a document elsewhere; the model at least learns of it.
            json.begin_object().field("type", "text").field("text", source.url).end_object();
        } else {
            json.begin_object().field("type", "file").key("file").begin_object();
            if (!source.file_id.empty()) {
                json.field("file_id", source.file_id);
            } else {
                json.field("filename", document->title.empty() ? std::string("document") : document->title);
                json.field("file_data", fmt::format("data:{};base64,{}", document->media_type, source.base64));
            }
            json.end_object().end_object();
        }
    }
}

bool only_text(const Blocks& blocks) {
    return std::all_of(blocks.begin(), blocks.end(),
                       [](const ContentBlock* block) { return block->as<TextBlock>() != nullptr; });
}

std::string joined_text(const Blocks& blocks) {
    std::string text;
    for (const ContentBlock* block : blocks) {
        if (const auto* piece = block->as<TextBlock>()) {
            if (!text.empty()) text += "\n\n";
            text += piece->text;
        }
    }
    return text;
}

/// A string where it can be one: many servers take nothing else.
void write_content(JsonWriter& json, const Blocks& blocks) {
    if (only_text(blocks)) {
        json.field("content", joined_text(blocks));
        return;
    }
    json.key("content").begin_array();
    for (const ContentBlock* block : blocks) write_part(json, *block);
    json.end_array();
}

std::string result_text(const ToolResultBlock& result) {
    Blocks blocks;
    for (const ContentBlock& block : result.content) blocks.push_back(&block);
    std::string text = joined_text(blocks);
    if (result.is_error) text.insert(0, text.empty() ? "Error." : "Error: ");
    return text;
}

void write_tool_message(JsonWriter& json, std::string_view id, std::string_view text) {
    json.begin_object()
        .field("role", "tool")
        .field("tool_call_id", legal_tool_id(id))
        .field("content", text)
        .end_object();
}

/// What a user says; results of tools are messages of their own.
void write_user(JsonWriter& json, const Turn& turn, Blocks& said) {
    for (const std::string& id : turn.unanswered) write_tool_message(json, id, fmt::format("Error: {}", not_executed));
    for (const ContentBlock* block : turn.blocks) {
        if (const auto* result = block->as<ToolResultBlock>()) {
            write_tool_message(json, result->tool_use_id, result_text(*result));
            // The tool role takes text only; pictures follow in the user's name.
            for (const ContentBlock& part : result->content)
                if (part.as<TextBlock>() == nullptr) said.push_back(&part);
        } else {
            said.push_back(block);
        }
    }
}

void write_user_message(JsonWriter& json, const Blocks& said) {
    json.begin_object().field("role", "user");
    write_content(json, said);
    json.end_object();
}

void write_assistant(JsonWriter& json, const std::vector<const Turn*>& turns, const Options& options) {
    Blocks text;
    std::vector<const ToolUseBlock*> calls;
    std::string reasoning;
    for (const Turn* turn : turns) {
        for (const ContentBlock* block : turn->blocks) {
            if (block->as<TextBlock>() != nullptr) text.push_back(block);
            if (const auto* use = block->as<ToolUseBlock>()) calls.push_back(use);
            if (const auto* thinking = block->as<ThinkingBlock>()) reasoning += thinking->text;
        }
    }
    if (text.empty() && calls.empty()) return;
    json.begin_object().field("role", "assistant");
    if (text.empty())
        json.key("content").null();
    else
        json.field("content", joined_text(text));
    // A turn that another model wrote has no reasoning to show, but the member is demanded all the same.
    if (options.reasoning_with_tool_calls && !calls.empty()) json.field("reasoning_content", reasoning);
    if (!calls.empty()) {
        json.key("tool_calls").begin_array();
        for (const ToolUseBlock* use : calls) {
            json.begin_object().field("id", legal_tool_id(use->id)).field("type", "function");
            json.key("function")
                .begin_object()
                .field("name", use->name)
                .field("arguments", legal_tool_input(use->input))
                .end_object();
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
}

/// Neighbours of one role become one message: chat templates of many local models refuse two in a row.
void write_messages(JsonWriter& json, const ModelCall& call, const Options& options) {
    json.key("messages").begin_array();
    if (call.prefix && !trim(call.prefix->system).empty())
        json.begin_object().field("role", "system").field("content", call.prefix->system).end_object();
    const std::vector<Turn> turns = legal_turns(call, false);
    for (auto turn = turns.begin(); turn != turns.end();) {
        const Role role = turn->message->role;
        std::vector<const Turn*> group;
        for (; turn != turns.end() && turn->message->role == role; ++turn) group.push_back(&*turn);
        if (role == Role::assistant) {
            write_assistant(json, group, options);
            continue;
        }
        Blocks said;
        for (const Turn* part : group) write_user(json, *part, said);
        if (!said.empty()) write_user_message(json, said);
    }
    json.end_array();
}

}  // namespace

std::string encode_chat_request(const ModelCall& call, const Options& options) {
    JsonWriter json(1024);
    json.begin_object().field("model", call.wire_model);
    write_messages(json, call, options);
    json.field(options.max_tokens_member, call.params.max_tokens());
    if (!call.params.effort().empty()) json.field("reasoning_effort", call.params.effort());
    for (const auto& [name, value] : options.extra_members) json.key(name).raw(value);
    if (call.stream) {
        json.field("stream", true);
        if (options.stream_usage) json.key("stream_options").begin_object().field("include_usage", true).end_object();
    }
    json.end_object();
    return std::move(json).take();
}

}  // namespace cortex::dialects::openai_chat
