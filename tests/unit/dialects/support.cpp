#include "unit/dialects/support.hpp"

#include "core/json_writer.hpp"
#include "net/sse_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cortex::test {
namespace {

void take(Played& played, const std::vector<StreamEvent>& events) {
    for (const StreamEvent& event : events) {
        if (const auto* text = std::get_if<TextDelta>(&event)) {
            EXPECT_FALSE(text->text.empty());
            played.text += text->text;
        }
        if (const auto* thinking = std::get_if<ThinkingDelta>(&event)) {
            EXPECT_FALSE(thinking->text.empty());
            played.thinking += thinking->text;
        }
        if (const auto* done = std::get_if<MessageDone>(&event)) played.done = *done;
        if (const auto* failed = std::get_if<MessageFailed>(&event)) played.failed = *failed;
        if (std::holds_alternative<MessageDone>(event) || std::holds_alternative<MessageFailed>(event)) ++played.ends;
    }
    played.events.insert(played.events.end(), events.begin(), events.end());
}

void render_usage(JsonWriter& json, const Usage& usage) {
    json.key("usage").begin_object();
    json.field("input", usage.input)
        .field("cache_read", usage.cache_read)
        .field("cache_write_5m", usage.cache_write_5m);
    json.field("cache_write_1h", usage.cache_write_1h)
        .field("output", usage.output)
        .field("thinking", usage.thinking)
        .end_object();
}

void render_block(JsonWriter& json, const ContentBlock& block) {
    json.begin_object();
    if (const auto* text = block.as<TextBlock>()) json.field("type", "text").field("text", text->text);
    if (const auto* thinking = block.as<ThinkingBlock>())
        json.field("type", "thinking").field("text", thinking->text).field("signature", thinking->signature);
    if (const auto* redacted = block.as<RedactedThinkingBlock>())
        json.field("type", "redacted").field("data", redacted->data);
    if (const auto* use = block.as<ToolUseBlock>())
        json.field("type", "tool_use").field("id", use->id).field("name", use->name).field("input", use->input);
    if (const auto* unknown = block.as<UnknownBlock>()) json.field("type", "unknown").field("of", unknown->type);
    if (!block.raw.empty()) json.field("raw", block.raw);
    json.end_object();
}

}  // namespace

ModelCall call_of(std::vector<Message> messages, std::string system, Need need) {
    auto model = std::make_shared<ModelInfo>();
    model->id = "claude-sonnet-4-5";
    model->provider = "anthropic";
    model->max_output_tokens = 64'000;
    model->tool_use = true;
    model->thinking.takes_budget = true;
    Result<LegalParams> params = legalize(need, *model, {});
    auto prefix = std::make_shared<FrozenPrefix>();
    prefix->system = std::move(system);
    ModelCall call{.model = model,
                   .wire_model = model->id,
                   .provider = "anthropic",
                   .prefix = prefix,
                   .messages = {},
                   .params = params.value(),
                   .stream = false};
    for (Message& message : messages) call.messages.push_back(std::make_shared<const Message>(std::move(message)));
    return call;
}

Message user(std::string text) {
    return {.role = Role::user, .content = {block(TextBlock{std::move(text)})}, .origin = {}};
}

Message assistant(std::vector<ContentBlock> blocks, Origin origin) {
    return {.role = Role::assistant, .content = std::move(blocks), .origin = std::move(origin)};
}

ContentBlock block(ContentBlock::Value value, std::string raw) {
    return {.value = std::move(value), .raw = std::move(raw)};
}

ModelCall with_tools(ModelCall call) {
    auto prefix = std::make_shared<FrozenPrefix>(*call.prefix);
    prefix->tools = {
        {"look", "Looks something up.", R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"]})"},
        {"add", "", R"({"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}})"}};
    call.prefix = prefix;
    return call;
}

Message results(std::vector<ContentBlock> blocks) {
    return {.role = Role::user, .content = std::move(blocks), .origin = {}};
}

ContentBlock result(std::string id, std::string text, bool is_error) {
    ToolResultBlock value{.tool_use_id = std::move(id), .content = {}, .is_error = is_error};
    value.content.push_back(block(TextBlock{std::move(text)}));
    return block(std::move(value));
}

std::string without_marks(std::string body) {
    constexpr std::string_view mark = R"(,"cache_control":{"type":"ephemeral"})";
    for (std::size_t at = body.find(mark); at != std::string::npos; at = body.find(mark, at))
        body.erase(at, mark.size());
    return body;
}

Played play_stream(const Dialect& dialect, std::string_view sse, const std::vector<std::size_t>& cuts) {
    const ModelCall call = call_of({user("Hello")});
    const auto decoder = dialect.decoder(call);
    net::SseDecoder events;
    Played played;
    std::vector<StreamEvent> out;
    const auto feed = [&](std::string_view bytes) {
        EXPECT_TRUE(events.feed(bytes, [&](const SseEvent& event) { decoder->on_event(event, out); }));
    };
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        feed(sse.substr(begin, cut - begin));
        begin = cut;
    }
    feed(sse.substr(begin));
    decoder->on_end(out);
    decoder->on_end(out);
    take(played, out);
    return played;
}

Played play_document(const Dialect& dialect, std::string_view body) {
    const ModelCall call = call_of({user("Hello")});
    const auto decoder = dialect.decoder(call);
    Played played;
    std::vector<StreamEvent> out;
    decoder->on_document(body, out);
    decoder->on_end(out);
    take(played, out);
    return played;
}

std::string render(const Played& played) {
    JsonWriter json;
    json.begin_object();
    json.field("text", played.text).field("thinking", played.thinking).field("ends", played.ends);
    if (played.done) {
        const MessageDone& done = *played.done;
        json.key("blocks").begin_array();
        for (const ContentBlock& content : done.message.content) render_block(json, content);
        json.end_array();
        json.field("stop", to_string(done.stop))
            .field("vendor_stop", done.vendor_stop)
            .field("explanation", done.explanation);
        json.field("usage_known", done.usage_known).field("model", done.model).field("id", done.id);
        render_usage(json, done.usage);
    }
    if (played.failed) {
        const ErrorInfo& error = played.failed->error;
        json.key("error").begin_object().field("code", to_string(error.code)).field("retryable", error.retryable);
        json.field("message", error.message).field("request_id", error.request_id).end_object();
        render_usage(json, played.failed->usage);
    }
    json.end_object();
    return std::move(json).take();
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

std::vector<std::filesystem::path> cases(std::string_view dialect, std::string_view file) {
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(CORTEX_WIRE_DIR) / dialect))
        if (std::filesystem::exists(entry.path() / file)) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

HttpHead head(int status, std::vector<HttpHeader> headers) {
    return {.status = status, .headers = std::move(headers), .received_at = {}};
}

}  // namespace cortex::test
