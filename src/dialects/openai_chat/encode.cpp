#include "dialects/openai_chat/encode.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/openai_chat/tool_style.hpp"
#include "dialects/strict_schema.hpp"
#include "dialects/turns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cortex::dialects::openai_chat {
namespace {

using Blocks = std::vector<const ContentBlock*>;

void write_part(JsonWriter& json, const ContentBlock& block, bool files) {
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
        } else if (!files) {
            const std::string name = document->title.empty() ? document->media_type : document->title;
            json.begin_object().field("type", "text").field("text", fmt::format("[A document, {}, which cannot be shown here.]", name)).end_object();
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
void write_content(JsonWriter& json, const Blocks& blocks, bool files) {
    if (only_text(blocks)) {
        json.field("content", joined_text(blocks));
        return;
    }
    json.key("content").begin_array();
    for (const ContentBlock* block : blocks) write_part(json, *block, files);
    json.end_array();
}

bool says_nothing(const ContentBlock& block) {
    const auto* text = block.as<TextBlock>();
    return text != nullptr && trim(text->text).empty();
}

std::string result_text(const ToolResultBlock& result) {
    Blocks texts;
    bool media = false;
    for (const ContentBlock& block : result.content) {
        if (!says_nothing(block)) texts.push_back(&block);
        media = media || block.as<TextBlock>() == nullptr;
    }
    std::string text = joined_text(texts);
    if (result.is_error) return text.empty() ? "Error." : "Error: " + text;
    // Some servers refuse an empty message.
    if (text.empty()) text = media ? "The result follows in the next message." : "The result is empty.";
    return text;
}

/// Writes the conversation's messages in one style.
class Messages {
public:
    Messages(JsonWriter& json, const ModelCall& call, const Options& options)
        : json_(json), options_(options), style_(tool_style(call)) {
        write_system(call);
        const std::vector<Turn> turns = legal_turns(call, false);
        // Neighbours of one role become one message: chat templates of many local models refuse two in a row.
        for (auto turn = turns.begin(); turn != turns.end();) {
            const Role role = turn->message->role;
            std::vector<const Turn*> group;
            for (; turn != turns.end() && turn->message->role == role; ++turn) group.push_back(&*turn);
            if (role == Role::assistant)
                write_assistant(group);
            else
                write_user(group);
        }
    }

private:
    using Calls = std::vector<std::pair<const ToolUseBlock*, std::string_view>>;  // with the ids they are sent under

    void write_system(const ModelCall& call) {
        std::string system;
        if (call.prefix && !trim(call.prefix->system).empty()) system = call.prefix->system;
        if (style_ == ToolStyle::by_schema) {
            if (!system.empty()) system += "\n\n";
            system += schema_instructions(call.prefix->tools);
        }
        if (system.empty()) return;
        const std::string_view role = call.system_role ? std::string_view("system") : std::string_view(options_.system_role);
        json_.begin_object().field("role", role).field("content", system).end_object();
    }

    void write_assistant(const std::vector<const Turn*>& turns) {
        Blocks text;
        Calls calls;
        std::string reasoning;
        for (const Turn* turn : turns) {
            for (std::size_t i = 0; i < turn->blocks.size(); ++i) {
                const ContentBlock* block = turn->blocks[i];
                if (block->as<TextBlock>() != nullptr) text.push_back(block);
                if (const auto* use = block->as<ToolUseBlock>()) calls.push_back({use, turn->ids[i]});
                if (const auto* thinking = block->as<ThinkingBlock>()) reasoning += thinking->text;
            }
        }
        if (text.empty() && calls.empty()) return;
        json_.begin_object().field("role", "assistant");
        if (style_ == ToolStyle::native) {
            if (text.empty())
                json_.key("content").null();
            else
                json_.field("content", joined_text(text));
            // A turn that another model wrote has no reasoning to show, but the member is demanded all the same.
            if (options_.reasoning_with_tool_calls && !calls.empty()) json_.field("reasoning_content", reasoning);
            if (!calls.empty()) write_calls(calls);
        } else {
            json_.field("content", told(joined_text(text), calls));
        }
        json_.end_object();
    }

    std::string sent_id(std::string_view id) const { return options_.longest_call_id == 0 ? std::string(id) : fitting_id(id, options_.longest_call_id); }

    void write_calls(const Calls& calls) {
        json_.key("tool_calls").begin_array();
        for (const auto& [use, id] : calls) {
            json_.begin_object().field("id", sent_id(id)).field("type", "function");
            json_.key("function")
                .begin_object()
                .field("name", legal_tool_name(use->name))
                .field("arguments", legal_tool_input(use->input))
                .end_object();
            json_.end_object();
        }
        json_.end_array();
    }

    /// Text and calls as one text.
    std::string told(std::string text, const Calls& calls) {
        for (const auto& [use, id] : calls) {
            names_.insert_or_assign(std::string(id), use->name);
            if (!text.empty()) text += "\n\n";
            if (style_ == ToolStyle::by_schema)
                text += std::move(JsonWriter()
                                      .begin_object()
                                      .field("tool", use->name)
                                      .key("arguments")
                                      .raw(legal_tool_input(use->input))
                                      .end_object())
                            .take();
            else
                text += fmt::format("[Called the tool {} with {}]", use->name, legal_tool_input(use->input));
        }
        return text;
    }

    void write_user(const std::vector<const Turn*>& turns) {
        Blocks said;
        std::vector<ContentBlock> results;  // told as texts; keeps them alive until they are written
        std::size_t most = 0;
        for (const Turn* turn : turns) most += turn->unanswered.size() + turn->blocks.size();
        results.reserve(most);
        const auto answer = [&](std::string_view id, std::string text) {
            if (style_ == ToolStyle::native) {
                json_.begin_object()
                    .field("role", "tool")
                    .field("tool_call_id", sent_id(id))
                    .field("content", text)
                    .end_object();
                return;
            }
            const auto name = names_.find(id);
            results.push_back({.value = TextBlock{fmt::format("[Result of the tool {}]\n{}",
                                                              name == names_.end() ? "" : name->second, text)},
                               .raw = {}});
            said.push_back(&results.back());
        };
        for (const Turn* turn : turns) {
            for (const std::string& id : turn->unanswered) answer(id, fmt::format("Error: {}", not_executed));
            for (std::size_t i = 0; i < turn->blocks.size(); ++i) {
                const auto* result = turn->blocks[i]->as<ToolResultBlock>();
                if (result == nullptr) {
                    said.push_back(turn->blocks[i]);
                    continue;
                }
                answer(turn->ids[i], result_text(*result));
                // The tool role takes text only; pictures follow in the user's name.
                for (const ContentBlock& part : result->content)
                    if (part.as<TextBlock>() == nullptr) said.push_back(&part);
            }
        }
        if (said.empty()) return;
        json_.begin_object().field("role", "user");
        write_content(json_, said, options_.files);
        json_.end_object();
    }

    JsonWriter& json_;
    const Options& options_;
    ToolStyle style_;
    std::map<std::string, std::string, std::less<>> names_ = {};  // of the calls so far, by id
};

/// Where a small model has to choose a tool, chance only does harm.
std::optional<double> usual_temperature(const ModelCall& call) {
    if (tool_style(call) == ToolStyle::by_schema && call.tool_choice == ToolChoice::automatic) return 0.0;
    return std::nullopt;
}

void write_tools(JsonWriter& json, const ModelCall& call, const Options& options) {
    if (!lists_tools(call)) return;
    const ToolStyle style = tool_style(call);
    if (style == ToolStyle::by_schema && call.tool_choice == ToolChoice::automatic)
        write_answer_schema(json, call.prefix->tools);
    if (style != ToolStyle::native) return;
    json.key("tools").begin_array();
    for (const ToolDefinition& tool : call.prefix->tools) {
        json.begin_object().field("type", "function").key("function").begin_object().field("name", tool.name);
        if (!tool.description.empty()) json.field("description", tool.description);
        json.key("parameters").raw(tool.input_schema);
        if (options.strict_tools && fits_strict_subset(tool.input_schema)) json.field("strict", true);
        json.end_object().end_object();
    }
    json.end_array();
    // "auto" is what every server does without the word, and not every server knows it.
    if (call.tool_choice == ToolChoice::none) json.field("tool_choice", "none");
}

/// The schema that the answer must fit. Where one offers the tools already, there is no room for a second.
void write_answer(JsonWriter& json, const ModelCall& call) {
    if (call.answer == nullptr) return;
    if (tool_style(call) == ToolStyle::by_schema && call.tool_choice == ToolChoice::automatic) return;
    json.key("response_format").begin_object().field("type", "json_schema");
    json.key("json_schema").begin_object().field("name", call.answer->name).key("schema").raw(call.answer->schema);
    // A schema beyond the subset that is enforced would be refused; without the word it is a wish.
    json.field("strict", fits_strict_subset(call.answer->schema)).end_object().end_object();
}

std::string_view max_tokens_member(const ModelCall& call, const Options& options) {
    constexpr std::string_view older = "max_tokens";
    constexpr std::string_view newer = "max_completion_tokens";
    if (!call.other_max_tokens) return options.max_tokens_member;
    return options.max_tokens_member == newer ? older : newer;
}

}  // namespace

bool sends_effort(const ModelCall& call) noexcept {
    return !call.without_effort && call.params.thinking_form() == LegalParams::ThinkingForm::word && !call.params.effort().empty();
}

std::string encode_chat_request(const ModelCall& call, const Options& options) {
    JsonWriter json(1024);
    json.begin_object().field("model", call.wire_model);
    json.key("messages").begin_array();
    Messages(json, call, options);
    json.end_array();
    write_tools(json, call, options);
    write_answer(json, call);
    json.field(max_tokens_member(call, options), call.params.max_tokens());
    const auto temperature = call.params.temperature() ? call.params.temperature() : usual_temperature(call);
    if (temperature) json.field("temperature", *temperature);
    if (sends_effort(call)) json.field("reasoning_effort", call.params.effort() == "max" ? options.max_effort : call.params.effort());
    if (options.cache_key && !call.cache_key.empty()) json.field("prompt_cache_key", call.cache_key);
    for (const auto& [name, value] : options.extra_members)
        if (name != "temperature" || !temperature) json.key(name).raw(value);
    if (call.stream) {
        json.field("stream", true);
        if (options.stream_usage && !call.without_stream_usage)
            json.key("stream_options").begin_object().field("include_usage", true).end_object();
    }
    json.end_object();
    return std::move(json).take();
}

}  // namespace cortex::dialects::openai_chat
