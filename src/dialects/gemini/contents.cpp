#include "dialects/gemini/contents.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/gemini/generation.hpp"
#include "dialects/gemini/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace cortex::dialects::gemini {
namespace {

constexpr std::string_view continuation_type = "continuation";
constexpr std::string_view token_member = "continuationToken";

bool is_continuation(const ContentBlock& block) noexcept {
    const auto* unknown = block.as<UnknownBlock>();
    return unknown != nullptr && unknown->type == continuation_type;
}

bool stopped_to_be_continued(const Message& message) noexcept {
    return message.role == Role::assistant && !message.content.empty() && is_continuation(message.content.back());
}

std::string with_placeholder(std::string_view raw) {
    return replace_members(raw, {{"thoughtSignature", fmt::format("\"{}\"", placeholder_signature)}});
}

bool is_signed(std::string_view raw) {
    const auto signature = slice_member(raw, "thoughtSignature");
    return signature && *signature != "null" && *signature != "\"\"";
}

void write_text(JsonWriter& json, std::string_view text) { json.begin_object().field("text", text).end_object(); }

void write_inline(JsonWriter& json, std::string_view media_type, std::string_view base64) {
    json.begin_object().key("inlineData").begin_object().field("mimeType", media_type).field("data", base64).end_object().end_object();
}

void write_media(JsonWriter& json, std::string_view media_type, const MediaSource& source) {
    if (!source.base64.empty()) {
        write_inline(json, media_type, source.base64);
    } else if (!source.url.empty() || !source.file_id.empty()) {
        json.begin_object().key("fileData").begin_object();
        if (!media_type.empty()) json.field("mimeType", media_type);
        json.field("fileUri", source.url.empty() ? source.file_id : source.url).end_object().end_object();
    } else {
        write_text(json, source.text);
    }
}

/// A picture or document in a tool's result.
struct Media {
    std::string_view media_type;
    const MediaSource* source;
};

std::optional<Media> media_of(const ContentBlock& block) {
    if (const auto* image = block.as<ImageBlock>()) return Media{image->media_type, &image->source};
    if (const auto* document = block.as<DocumentBlock>()) return Media{document->media_type, &document->source};
    return std::nullopt;
}

/// One message after the other; each function call's answer is found by the id that the call was sent under.
class Contents {
public:
    Contents(JsonWriter& json, const ModelCall& call)
        : json_(json),
          third_generation_(is_third_generation(call)),
          without_signatures_(call.without_thinking_blocks),
          told_(call.without_tools) {}

    void write(const Turn& turn) {
        if (turn.message->role == Role::assistant)
            write_model(turn);
        else
            write_user(turn);
    }

    void finish() {
        if (open_ == Role::assistant) {
            const bool waits = !pending_.empty();
            for (const Pending& call : std::exchange(pending_, {})) answer(call, nullptr);
            if (!waits) text(Role::user, "Continue.");
        }
        if (open_) json_.end_array().end_object();
    }

private:
    struct Pending {
        std::string sent;     // the id among our own
        std::string name;
        std::string id;       // JSON text of the id that the model gave; "": none
    };

    void begin(Role role) {
        if (open_ == role) return;
        if (open_) json_.end_array().end_object();
        open_ = role;
        calls_before_ = 0;
        json_.begin_object().field("role", role == Role::assistant ? "model" : "user").key("parts").begin_array();
    }
    void text(Role role, std::string_view text) {
        begin(role);
        write_text(json_, text);
    }
    void raw(std::string_view part) {
        begin(Role::assistant);
        json_.raw(part);
    }

    void write_model(const Turn& turn) {
        for (std::size_t i = 0; i < turn.blocks.size(); ++i) {
            const ContentBlock& block = *turn.blocks[i];
            const bool verbatim = turn.own && !block.raw.empty();
            if (is_continuation(block)) continue;
            if (const auto* use = block.as<ToolUseBlock>())
                write_call(*use, turn.ids[i], verbatim ? std::string_view(block.raw) : std::string_view());
            else if (const auto* said = block.as<TextBlock>(); said != nullptr && (!verbatim || without_signatures_))
                text(Role::assistant, said->text);
            else if (verbatim)
                raw(without_signatures_ && is_signed(block.raw) ? std::string_view(with_placeholder(block.raw)) : std::string_view(block.raw));
            else if (const auto* thinking = block.as<ThinkingBlock>())
                write_thought(*thinking);
            else if (const auto media = media_of(block)) {
                begin(Role::assistant);
                write_media(json_, media->media_type, *media->source);
            }
        }
    }

    void write_thought(const ThinkingBlock& thinking) {
        if (trim(thinking.text).empty()) return;
        begin(Role::assistant);
        json_.begin_object().field("text", thinking.text).field("thought", true).end_object();
    }

    /// As the part spells it, which its answer must repeat.
    static std::string name_in(std::string_view own, const ToolUseBlock& use) {
        const std::string respelled = function_name(use.name);
        const auto spelled = slice_member(slice_member(own, "functionCall").value_or(""), "name");
        return spelled && *spelled == fmt::format("\"{}\"", respelled) ? respelled : use.name;
    }

    /// `own` is the part as this model wrote it, or "".
    void write_call(const ToolUseBlock& use, std::string_view sent, std::string_view own) {
        Pending pending{.sent = std::string(sent), .name = own.empty() ? function_name(use.name) : name_in(own, use), .id = {}};
        if (told_) {
            text(Role::assistant, fmt::format("[Called the tool {} with {}]", use.name, legal_tool_input(use.input)));
            pending_.push_back(std::move(pending));
            return;
        }
        begin(Role::assistant);
        // Of the calls of one answer only the first is signed.
        const bool first = calls_before_++ == 0;
        const bool stand_in = first && (third_generation_ || without_signatures_);
        if (own.empty()) {
            json_.begin_object().key("functionCall").begin_object().field("name", pending.name);
            json_.key("args").raw(legal_tool_input(use.input)).end_object();
            if (stand_in) json_.field("thoughtSignature", placeholder_signature);
            json_.end_object();
        } else {
            if (const auto id = slice_member(slice_member(own, "functionCall").value_or(""), "id"); id && id->starts_with('"') && *id != "\"\"")
                pending.id = *id;
            const bool replaced = is_signed(own) ? without_signatures_ : stand_in;
            json_.raw(replaced ? std::string_view(with_placeholder(own)) : own);
        }
        pending_.push_back(std::move(pending));
    }

    void write_user(const Turn& turn) {
        std::vector<bool> used(turn.blocks.size(), false);
        for (const Pending& call : std::exchange(pending_, {})) {
            const ToolResultBlock* result = nullptr;
            for (std::size_t i = 0; i < turn.blocks.size() && result == nullptr; ++i) {
                if (used[i] || turn.ids[i] != call.sent) continue;
                result = turn.blocks[i]->as<ToolResultBlock>();
                used[i] = result != nullptr;
            }
            answer(call, result);
        }
        for (const ContentBlock* block : turn.blocks) {
            if (const auto* said = block->as<TextBlock>()) text(Role::user, said->text);
            if (const auto media = media_of(*block)) {
                begin(Role::user);
                write_media(json_, media->media_type, *media->source);
            }
        }
    }

    /// Null: the call was never executed.
    void answer(const Pending& call, const ToolResultBlock* result) {
        std::vector<Media> shown;
        std::string output = result == nullptr ? std::string(not_executed) : told(*result, shown);
        const bool failed = result == nullptr || result->is_error;
        if (failed && output.empty()) output = "Error.";
        begin(Role::user);
        if (told_) {
            write_text(json_, fmt::format("[Result of the tool {}]\n{}{}", call.name, failed ? "Error: " : "", output));
            return;
        }
        json_.begin_object().key("functionResponse").begin_object();
        if (!call.id.empty()) json_.key("id").raw(call.id);
        json_.field("name", call.name).key("response").begin_object().field(failed ? "error" : "output", output).end_object();
        if (!shown.empty()) {
            json_.key("parts").begin_array();
            for (const Media& media : shown) write_inline(json_, media.media_type, media.source->base64);
            json_.end_array();
        }
        json_.end_object().end_object();
    }

    /// The result as text; what the model can be shown itself goes to `shown`.
    std::string told(const ToolResultBlock& result, std::vector<Media>& shown) const {
        std::string out;
        const auto add = [&](std::string_view piece) {
            if (trim(piece).empty()) return;
            if (!out.empty()) out += "\n\n";
            out += piece;
        };
        for (const ContentBlock& block : result.content) {
            if (const auto* said = block.as<TextBlock>()) add(said->text);
            const auto media = media_of(block);
            if (!media) continue;
            if (third_generation_ && !told_ && !media->source->base64.empty())
                shown.push_back(*media);
            else if (!media->source->text.empty())
                add(media->source->text);
            else if (!media->source->url.empty())
                add(media->source->url);
            else
                add(fmt::format("[{}, which this model cannot be shown as a tool's result]", media->media_type));
        }
        return out;
    }

    JsonWriter& json_;
    bool third_generation_;
    bool without_signatures_;
    bool told_;   // calls and results are told as text
    std::optional<Role> open_ = {};
    int calls_before_ = 0;   // in the content that is open
    std::vector<Pending> pending_ = {};
};

}  // namespace

ContentBlock continuation_block(std::string_view token) {
    return {.value = UnknownBlock{std::string(continuation_type)}, .raw = fmt::format("{{\"{}\":{}}}", token_member, token)};
}

bool continues(const ModelCall& call) {
    if (call.messages.empty()) return false;
    const Message& last = *call.messages.back();
    return stopped_to_be_continued(last) && last.origin.provider == call.provider && last.origin.model == call.wire_model;
}

History history_of(const ModelCall& call) {
    History out{.turns = legal_turns(call, false), .token = {}};
    if (!continues(call)) return out;
    out.token = slice_member(call.messages.back()->content.back().raw, token_member).value_or("");
    while (!out.turns.empty() && out.turns.back().own && stopped_to_be_continued(*out.turns.back().message)) out.turns.pop_back();
    return out;
}

void write_contents(JsonWriter& json, const ModelCall& call, const std::vector<Turn>& turns) {
    json.key("contents").begin_array();
    Contents contents(json, call);
    for (const Turn& turn : turns) contents.write(turn);
    contents.finish();
    json.end_array();
}

}  // namespace cortex::dialects::gemini
