#include "dialects/openai_responses/input.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/openai_responses/call_ids.hpp"
#include "dialects/openai_responses/items.hpp"
#include "dialects/turns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cortex::dialects::openai_responses {
namespace {

std::string data_url(std::string_view media_type, std::string_view base64) {
    return fmt::format("data:{};base64,{}", media_type, base64);
}

void write_text(JsonWriter& json, std::string_view text) {
    json.begin_object().field("type", "input_text").field("text", text).end_object();
}

void write_image(JsonWriter& json, const ImageBlock& image) {
    const MediaSource& source = image.source;
    json.begin_object().field("type", "input_image").field("detail", "auto");
    if (!source.file_id.empty())
        json.field("file_id", source.file_id);
    else
        json.field("image_url", source.base64.empty() ? source.url : data_url(image.media_type, source.base64));
    json.end_object();
}

/// The service tells a file's kind by its name, too.
std::string file_name(const DocumentBlock& document) {
    std::string name = document.title.empty() ? "document" : document.title;
    if (document.media_type == "application/pdf" && !to_lower(name).ends_with(".pdf")) name += ".pdf";
    return name;
}

void write_document(JsonWriter& json, const DocumentBlock& document) {
    const MediaSource& source = document.source;
    const bool plain = source.base64.empty() && source.url.empty() && source.file_id.empty();
    if (plain) {
        write_text(json, document.title.empty() ? source.text : fmt::format("{}\n\n{}", document.title, source.text));
        return;
    }
    json.begin_object().field("type", "input_file");
    if (!source.file_id.empty())
        json.field("file_id", source.file_id);
    else if (!source.url.empty())
        json.field("file_url", source.url);
    else
        json.field("filename", file_name(document)).field("file_data", data_url(document.media_type, source.base64));
    json.end_object();
}

void write_part(JsonWriter& json, const ContentBlock& block) {
    if (const auto* text = block.as<TextBlock>()) write_text(json, text->text);
    if (const auto* image = block.as<ImageBlock>()) write_image(json, *image);
    if (const auto* document = block.as<DocumentBlock>()) write_document(json, *document);
}

bool is_reasoning(const ContentBlock& block) noexcept {
    return block.as<ThinkingBlock>() != nullptr || block.as<RedactedThinkingBlock>() != nullptr;
}

bool is_media(const ContentBlock& block) noexcept {
    return block.as<ImageBlock>() != nullptr || block.as<DocumentBlock>() != nullptr;
}

/// The texts of a result as one.
std::string result_text(const ToolResultBlock& result) {
    std::string text;
    bool media = false;
    for (const ContentBlock& block : result.content) {
        media = media || is_media(block);
        const auto* piece = block.as<TextBlock>();
        if (piece == nullptr || trim(piece->text).empty()) continue;
        if (!text.empty()) text += "\n\n";
        text += piece->text;
    }
    if (result.is_error) return text.empty() ? "Error." : "Error: " + text;
    return text.empty() && !media ? "The result is empty." : text;
}

/// Which blocks of the model's own message are sent: reasoning only before the very item that came of it, or the service
/// refuses the request.
std::vector<bool> sent_blocks(const Turn& turn) {
    std::vector<bool> sent(turn.blocks.size(), true);
    bool followed = false;
    for (std::size_t i = turn.blocks.size(); i-- > 0;) {
        const ContentBlock& block = *turn.blocks[i];
        if (is_reasoning(block))
            followed = sent[i] = followed && is_replayable(block);
        else
            followed = !block.raw.empty();
    }
    return sent;
}

/// Whether all of the message's reasoning is among the turn's blocks.
bool keeps_reasoning(const Turn& turn) {
    const auto& all = turn.message->content;
    return std::count_if(all.begin(), all.end(), is_reasoning) ==
           std::count_if(turn.blocks.begin(), turn.blocks.end(),
                         [](const ContentBlock* block) { return is_reasoning(*block); });
}

class Input {
public:
    Input(JsonWriter& json, const ModelCall& call) : json_(json), told_(call.without_tools) {
        for (const Turn& turn : legal_turns(call, false)) {
            if (turn.message->role == Role::user)
                write_user(turn);
            else if (turn.own && !told_)
                write_own(turn);
            else
                write_foreign(turn);
        }
    }

private:
    void write_own(const Turn& turn) {
        ids_.begin_turn();
        const std::vector<bool> sent = sent_blocks(turn);
        // An item that is named by its id may not go without the reasoning that led to it; unnamed it may.
        bool named = keeps_reasoning(turn);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const ContentBlock& block = *turn.blocks[i];
            const auto* use = block.as<ToolUseBlock>();
            named = named && sent[i];
            if (!sent[i]) continue;
            if (block.raw.empty()) {
                write_plain(block, turn.ids[i]);
            } else {
                std::string item = named ? block.raw : without_id(block);
                if (use != nullptr) set_call_id(item, use->id);
                json_.raw(item);
            }
        }
    }

    void set_call_id(std::string& item, const std::string& id) {
        const std::string sent = ids_.call(id);
        if (sent == id) return;
        std::string quoted;
        append_json_string(quoted, sent);
        item = replace_members(item, {{"call_id", quoted}});
    }

    void write_foreign(const Turn& turn) {
        ids_.begin_turn();
        std::string said;
        const auto say = [&] {
            if (!trim(said).empty()) write_message("assistant", said);
            said.clear();
        };
        for (std::size_t i = 0; i < turn.blocks.size(); ++i) {
            const auto* text = turn.blocks[i]->as<TextBlock>();
            // Pieces of one text, between which the other vendor put something of its own.
            if (text != nullptr) {
                said += text->text;
                continue;
            }
            if (turn.blocks[i]->as<ToolUseBlock>() != nullptr) say();
            write_plain(*turn.blocks[i], turn.ids[i]);
        }
        say();
    }

    void write_message(std::string_view role, std::string_view text) {
        json_.begin_object().field("role", role).field("content", text).end_object();
    }

    /// A text or a call, whoever wrote it.
    void write_plain(const ContentBlock& block, const std::string& id) {
        if (const auto* text = block.as<TextBlock>()) write_message("assistant", text->text);
        const auto* use = block.as<ToolUseBlock>();
        if (use == nullptr) return;
        const std::string sent = ids_.call(id);
        if (told_) {
            names_.insert_or_assign(sent, use->name);
            write_message("assistant",
                          fmt::format("[Called the tool {} with {}]", use->name, legal_tool_input(use->input)));
            return;
        }
        json_.begin_object().field("type", "function_call").field("call_id", sent);
        json_.field("name", legal_tool_name(use->name)).field("arguments", legal_tool_input(use->input)).end_object();
    }

    void write_user(const Turn& turn) {
        std::vector<ContentBlock> told;  // results, as texts
        for (const std::string& id : turn.unanswered) write_output(ids_.result(id), unanswered(), told);
        std::vector<const ContentBlock*> said;
        for (std::size_t i = 0; i < turn.blocks.size(); ++i) {
            if (const auto* result = turn.blocks[i]->as<ToolResultBlock>())
                write_output(ids_.result(turn.ids[i]), *result, told);
            else
                said.push_back(turn.blocks[i]);
        }
        if (said.empty() && told.empty()) return;
        json_.begin_object().field("role", "user").key("content").begin_array();
        for (const ContentBlock& block : told) write_part(json_, block);
        for (const ContentBlock* block : said) write_part(json_, *block);
        json_.end_array().end_object();
    }

    static ToolResultBlock unanswered() {
        ToolResultBlock result{.tool_use_id = {}, .content = {}, .is_error = true};
        result.content.push_back({.value = TextBlock{std::string(not_executed)}, .raw = {}});
        return result;
    }

    void write_output(const std::string& id, const ToolResultBlock& result, std::vector<ContentBlock>& told) {
        const std::string text = result_text(result);
        if (told_) {
            const auto name = names_.find(id);
            told.push_back({.value = TextBlock{fmt::format("[Result of the tool {}]\n{}",
                                                           name == names_.end() ? "" : name->second, text)},
                            .raw = {}});
            std::copy_if(result.content.begin(), result.content.end(), std::back_inserter(told), is_media);
            return;
        }
        json_.begin_object().field("type", "function_call_output").field("call_id", id);
        if (std::none_of(result.content.begin(), result.content.end(), is_media)) {
            json_.field("output", text);
        } else {
            json_.key("output").begin_array();
            if (!text.empty()) write_text(json_, text);
            for (const ContentBlock& block : result.content)
                if (is_media(block)) write_part(json_, block);
            json_.end_array();
        }
        json_.end_object();
    }

    JsonWriter& json_;
    bool told_;  // the server takes no tools: calls and results are told as text
    CallIds ids_ = {};
    std::map<std::string, std::string, std::less<>> names_ = {};  // of told calls, by the id they would be sent under
};

}  // namespace

void write_input(JsonWriter& json, const ModelCall& call) { Input(json, call); }

}  // namespace cortex::dialects::openai_responses
