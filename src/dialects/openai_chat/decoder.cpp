#include "dialects/openai_chat/decoder.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/openai_chat/errors.hpp"
#include "dialects/openai_chat/tool_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::dialects::openai_chat {
namespace {

/// More tokens than any answer counts; keeps sums of nonsense from overflowing.
constexpr std::int64_t most_tokens = std::int64_t{1} << 40;

std::int64_t count(const JsonObject* usage, std::string_view name) noexcept {
    if (usage == nullptr) return 0;
    return std::clamp<std::int64_t>(json_integer(*usage, name).value_or(0), 0, most_tokens);
}

bool is_count(const JsonObject& usage, std::string_view name) noexcept {
    const auto value = json_integer(usage, name);
    return value && *value >= 0 && *value < most_tokens;
}

/// The choice that is read, index 0, and its text.
std::pair<const JsonObject*, std::string_view> first_choice(const JsonObject& chunk, std::string_view raw) {
    const JsonArray* choices = json_array(chunk, "choices");
    if (choices == nullptr) return {nullptr, {}};
    for (std::size_t i = 0; i < choices->size(); ++i) {
        const JsonObject* choice = (*choices)[i].if_object();
        if (choice == nullptr || json_integer(*choice, "index").value_or(0) != 0) continue;
        // Slicing costs as much as parsing; only tool calls need the bytes.
        if (raw.find("\"tool_calls\"") == std::string_view::npos) return {choice, {}};
        const std::vector<std::string_view> slices = slice_elements(slice_member(raw, "choices").value_or(""));
        return {choice, i < slices.size() ? slices[i] : std::string_view()};
    }
    return {nullptr, {}};
}

/// Azure tells which of its filters struck.
std::string struck_filters(const JsonObject& choice) {
    std::string names;
    const JsonObject* results = json_object(choice, "content_filter_results");
    if (results == nullptr) return names;
    for (const auto& member : *results) {
        const JsonObject* result = member.value().if_object();
        const JsonValue* filtered = result == nullptr ? nullptr : json_member(*result, "filtered");
        if (filtered == nullptr || !filtered->is_bool() || !filtered->get_bool()) continue;
        names += names.empty() ? "Filtered for " : ", ";
        names += std::string_view(member.key().data(), member.key().size());
    }
    return names.empty() ? names : names + ".";
}

}  // namespace

Decoder::Decoder(const ModelCall& call)
    : names_{.model = nullptr,
             .wire_model = call.wire_model,
             .provider = call.provider,
             .prefix = nullptr,
             .messages = {},
             .params = call.params,
             .stream = call.stream},
      tool_calls_(fmt::format("call_{}", call.messages.size())) {
    if (tool_style(call) == ToolStyle::by_schema && call.tool_choice == ToolChoice::automatic) schema_answer_.emplace();
}

void Decoder::on_event(const SseEvent& event, std::vector<StreamEvent>& out) {
    const std::string_view data = trim(event.data);
    if (ended_ || data.empty()) return;
    if (data.starts_with("[DONE]")) {
        if (started_)
            done(out);
        else
            fail(ended_early(names_, "the stream ended without an answer"), out);
        return;
    }
    const JsonObject* chunk = parser_.parse_object(data);
    if (chunk == nullptr) {
        if (event.type == "error")
            fail(describe_failure(names_, {}, 0, {.message = std::string(data)}), out);
        else
            fail(malformed(names_, "an event that is no JSON object"), out);
    } else if (event.type == "error" || is_error_object(*chunk)) {
        fail(classify_object(names_, *chunk), out);
    } else {
        take_chunk(*chunk, parser_.source(), out);
    }
}

void Decoder::take_chunk(const JsonObject& chunk, std::string_view raw, std::vector<StreamEvent>& out) {
    if (id_.empty()) id_ = json_text_or_empty(chunk, "id");
    if (model_.empty()) model_ = json_text_or_empty(chunk, "model");
    if (const JsonObject* usage = json_object(chunk, "usage"))
        take_usage(*usage);
    else if (const JsonObject* groq = json_object(chunk, "x_groq");
             groq != nullptr && json_object(*groq, "usage") != nullptr)
        take_usage(*json_object(*groq, "usage"));

    const auto [choice, slice] = first_choice(chunk, raw);
    if (choice == nullptr) return;
    if (!std::exchange(started_, true)) out.emplace_back(MessageStarted{id_, model_});
    for (const std::string_view name : {"delta", "message"})
        if (const JsonObject* message = json_object(*choice, name)) {
            take_message(*message, slice.empty() ? slice : slice_member(slice, name).value_or(""), name == "message", out);
            break;
        }
    const auto finish = json_text(*choice, "finish_reason");
    if (!finish) return;
    if (*finish == "error") {
        const JsonObject* error = json_object(*choice, "error");
        fail(error != nullptr ? classify_object(names_, *choice)
                              : describe_failure(names_, {ErrorCode::unavailable, true}, 0,
                                                 {.message = "The stream ended with an error."}),
             out);
        return;
    }
    if (*finish == "content_filter" && refusal_.empty()) refusal_ = struck_filters(*choice);
    // A later chunk may repeat an empty word; the first that says something counts.
    if (!finish_ || finish_->empty()) finish_ = std::string(*finish);
}

void Decoder::take_message(const JsonObject& message, std::string_view raw, bool whole, std::vector<StreamEvent>& out) {
    // Spellings of one thing; a server that sends two means the same by them.
    for (const std::string_view name : {"reasoning_content", "reasoning", "reasoning_text"})
        if (const auto reasoning = json_text(message, name); reasoning && !reasoning->empty()) {
            think(*reasoning, out);
            break;
        }
    if (const JsonValue* content = json_member(message, "content")) take_content(*content, out);
    refusal_ += json_text_or_empty(message, "refusal");
    const JsonArray* calls = json_array(message, "tool_calls");
    if (calls == nullptr) return;
    const std::vector<std::string_view> slices = slice_elements(slice_member(raw, "tool_calls").value_or(""));
    for (std::size_t i = 0; i < calls->size(); ++i)
        if (const JsonObject* call = (*calls)[i].if_object())
            tool_calls_.take(*call, i < slices.size() ? slices[i] : std::string_view(), whole);
}

/// A text, or a list of parts in which thoughts may stand too.
void Decoder::take_content(const JsonValue& content, std::vector<StreamEvent>& out) {
    if (const boost::json::string* text = content.if_string()) {
        say(json_view(*text), out);
        return;
    }
    const JsonArray* parts = content.if_array();
    if (parts == nullptr) return;
    for (const JsonValue& value : *parts) {
        const JsonObject* part = value.if_object();
        if (part == nullptr) continue;
        say(json_text_or_empty(*part, "text"), out);
        think(json_text_or_empty(*part, "thinking"), out);
        if (const JsonArray* thoughts = json_array(*part, "thinking"))
            for (const JsonValue& thought : *thoughts)
                if (const JsonObject* piece = thought.if_object()) think(json_text_or_empty(*piece, "text"), out);
    }
}

void Decoder::say(std::string_view text, std::vector<StreamEvent>& out) {
    if (schema_answer_)
        show(schema_answer_->feed(text), out);
    else
        show(text, out);
}

void Decoder::show(std::string_view text, std::vector<StreamEvent>& out) {
    if (text.empty()) return;
    text_ += text;
    out.emplace_back(TextDelta{std::string(text)});
}

void Decoder::think(std::string_view text, std::vector<StreamEvent>& out) {
    if (text.empty()) return;
    thinking_ += text;
    out.emplace_back(ThinkingDelta{std::string(text)});
}

/// Counts come once, or again and again; the last ones hold. What cannot be a count is kept within bounds and not believed.
void Decoder::take_usage(const JsonObject& usage) {
    usage_known_ = is_count(usage, "prompt_tokens") && is_count(usage, "completion_tokens");
    const JsonObject* prompt = json_object(usage, "prompt_tokens_details");
    const JsonObject* completion = json_object(usage, "completion_tokens_details");
    const std::int64_t input = count(&usage, "prompt_tokens");
    Usage result;
    result.cache_read =
        std::min(input, std::max(count(prompt, "cached_tokens"), count(&usage, "prompt_cache_hit_tokens")));
    result.cache_write_5m = std::min(input - result.cache_read, count(prompt, "cache_write_tokens"));
    result.input = input - result.cache_read - result.cache_write_5m;
    result.output = count(&usage, "completion_tokens");
    result.thinking = std::max(count(completion, "reasoning_tokens"), count(&usage, "reasoning_tokens"));
    // Some count reasoning beside the completion; their own total gives it away.
    if (result.thinking > 0 && count(&usage, "total_tokens") == input + result.output + result.thinking)
        result.output += result.thinking;
    result.thinking = std::min(result.thinking, result.output);
    usage_ = result;
}

void Decoder::on_document(std::string_view body, std::vector<StreamEvent>& out) {
    if (ended_) return;
    const JsonObject* document = parser_.parse_object(body);
    if (document == nullptr) {
        fail(unreadable(names_, body, parser_.cut(), "an answer that is no JSON object"), out);
    } else if (is_error_object(*document)) {
        fail(classify_object(names_, *document), out);
    } else {
        take_chunk(*document, parser_.source(), out);
        if (ended_) return;
        if (started_)
            done(out);
        else
            fail(malformed(names_, "an answer without choices"), out);
    }
}

void Decoder::on_end(std::vector<StreamEvent>& out) {
    if (ended_) return;
    if (finish_ && !finish_->empty())
        done(out);
    else
        fail(ended_early(names_, started_ ? "the stream ended early, without its end"
                                          : "the stream ended early, without an answer"),
             out);
}

StopReason Decoder::stop() const noexcept {
    const std::string_view word = finish_ ? std::string_view(*finish_) : std::string_view();
    if (word == "content_filter" || (!refusal_.empty() && text_.empty())) return StopReason::refusal;
    if (word == "length" || word == "max_tokens" || word == "model_length") return StopReason::length;
    // The calls themselves tell more than the word: servers say "stop" to them, or nothing.
    if (!tool_calls_.empty()) return StopReason::tool_calls;
    if (word.empty() || word == "stop" || word == "eos" || word == "end_turn") return StopReason::stop;
    return StopReason::unknown;
}

void Decoder::done(std::vector<StreamEvent>& out) {
    ended_ = true;
    if (schema_answer_) {
        SchemaAnswer::End end = std::move(*schema_answer_).finish();
        show(end.text, out);
        if (end.call) tool_calls_.add(std::move(end.call->name), std::move(end.call->input));
    }
    MessageDone done;
    done.stop = stop();
    done.message.role = Role::assistant;
    if (!thinking_.empty())
        done.message.content.push_back({.value = ThinkingBlock{std::move(thinking_), {}}, .raw = {}});
    if (!text_.empty()) done.message.content.push_back({.value = TextBlock{std::move(text_)}, .raw = {}});
    for (ContentBlock& call : std::move(tool_calls_).finish()) done.message.content.push_back(std::move(call));
    done.vendor_stop = finish_.value_or("");
    done.explanation = std::move(refusal_);
    done.usage = usage_.value_or(Usage{});
    done.usage_known = usage_known_;
    done.model = std::move(model_);
    done.id = std::move(id_);
    out.emplace_back(std::move(done));
}

void Decoder::fail(ErrorInfo error, std::vector<StreamEvent>& out) {
    ended_ = true;
    out.emplace_back(MessageFailed{std::move(error), usage_.value_or(Usage{})});
}

}  // namespace cortex::dialects::openai_chat
