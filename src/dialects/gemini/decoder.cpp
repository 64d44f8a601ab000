#include "dialects/gemini/decoder.hpp"

#include "core/json_slice.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/gemini/contents.hpp"
#include "dialects/gemini/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::dialects::gemini {

Decoder::Decoder(const ModelCall& call)
    : names_{.model = nullptr,
             .wire_model = call.wire_model,
             .provider = call.provider,
             .prefix = nullptr,
             .messages = {},
             .params = call.params,
             .stream = call.stream} {
    if (!call.prefix) return;
    for (const ToolDefinition& tool : call.prefix->tools)
        if (function_name(tool.name) != tool.name) respelled_.push_back(tool.name);
}

void Decoder::on_event(const SseEvent& event, std::vector<StreamEvent>& out) {
    // Gateways that speak several dialects close with the mark of another.
    if (ended_ || trim(event.data).empty() || event.data.starts_with("[DONE]")) return;
    if (const JsonValue* value = parser_.parse(event.data))
        take(*value, trim(parser_.source()), out);
    else
        fail(malformed(names_, "an event that is no JSON"), out);
}

void Decoder::on_document(std::string_view body, std::vector<StreamEvent>& out) {
    if (ended_) return;
    const JsonValue* value = parser_.parse(body);
    if (value == nullptr) {
        fail(unreadable(names_, body, parser_.cut(), "an answer that is no JSON"), out);
        return;
    }
    take(*value, trim(parser_.source()), out);
    if (ended_) return;
    if (!answered_ && block_reason_.empty())
        fail(malformed(names_, "an answer without a candidate"), out);
    else
        finish(out);
}

void Decoder::on_end(std::vector<StreamEvent>& out) {
    if (!ended_) finish(out);
}

void Decoder::take(const JsonValue& value, std::string_view raw, std::vector<StreamEvent>& out) {
    if (const JsonObject* response = value.if_object()) {
        take_response(*response, raw, out);
        return;
    }
    const JsonArray* array = value.if_array();
    const auto slices = array == nullptr ? std::vector<std::string_view>() : slice_elements(raw);
    if (array == nullptr || slices.size() != array->size() || !std::all_of(array->begin(), array->end(), [](const JsonValue& v) { return v.is_object(); })) {
        fail(malformed(names_, "JSON that is no object"), out);
        return;
    }
    for (std::size_t i = 0; i < slices.size() && !ended_; ++i) take_response((*array)[i].get_object(), slices[i], out);
}

void Decoder::take_response(const JsonObject& response, std::string_view raw, std::vector<StreamEvent>& out) {
    if (is_error_envelope(response)) {
        fail(classify_envelope(names_, response, raw), out);
        return;
    }
    if (const JsonObject* usage = json_object(response, "usageMetadata")) usage_.take(*usage);
    if (id_.empty()) id_ = json_text_or_empty(response, "responseId");
    if (const auto model = json_text(response, "modelVersion"); model && !model->empty()) model_ = *model;
    if (const JsonObject* feedback = json_object(response, "promptFeedback"); feedback != nullptr && json_text(*feedback, "blockReason")) {
        block_reason_ = json_text_or_empty(*feedback, "blockReason");
        block_message_ = json_text_or_empty(*feedback, "blockReasonMessage");
    }
    const JsonArray* candidates = json_array(response, "candidates");
    if (candidates == nullptr) return;
    if (!std::exchange(started_, true)) out.emplace_back(MessageStarted{id_, model_});
    // Never more than one is asked for.
    for (std::size_t i = 0; i < candidates->size(); ++i) {
        const JsonObject* candidate = (*candidates)[i].if_object();
        if (candidate == nullptr || json_integer(*candidate, "index").value_or(0) != 0) continue;
        const auto slices = slice_elements(slice_member(raw, "candidates").value_or(""));
        take_candidate(*candidate, i < slices.size() ? slices[i] : std::string_view("{}"), out);
        return;
    }
}

void Decoder::take_candidate(const JsonObject& candidate, std::string_view raw, std::vector<StreamEvent>& out) {
    answered_ = true;
    if (const JsonObject* content = json_object(candidate, "content"))
        if (const JsonArray* parts = json_array(*content, "parts"))
            take_parts(*parts, slice_member(slice_member(raw, "content").value_or(""), "parts").value_or(""), out);
    if (const auto word = json_text(candidate, "finishReason"); word && !word->empty()) finish_reason_ = *word;
    if (const auto message = json_text(candidate, "finishMessage")) finish_message_ = *message;
    if (json_text(candidate, "continuationToken")) continuation_ = slice_member(raw, "continuationToken").value_or("");
}

void Decoder::take_parts(const JsonArray& parts, std::string_view raw, std::vector<StreamEvent>& out) {
    const auto slices = slice_elements(raw);
    for (std::size_t i = 0; i < parts.size() && i < slices.size() && !ended_; ++i) {
        const JsonObject* part = parts[i].if_object();
        const auto piece = part == nullptr ? std::nullopt : parts_.take(slices[i], *part, id_);
        if (!piece)
            fail(malformed(names_, "a part that makes no sense"), out);
        else if (!piece->text.empty() && piece->thought)
            out.emplace_back(ThinkingDelta{std::string(piece->text)});
        else if (!piece->text.empty())
            out.emplace_back(TextDelta{std::string(piece->text)});
    }
}

void Decoder::finish(std::vector<StreamEvent>& out) {
    if (!block_reason_.empty() && finish_reason_.empty()) {
        std::string why = block_message_.empty() ? fmt::format("the prompt was blocked ({})", block_reason_) : std::move(block_message_);
        done(StopReason::refusal, std::move(block_reason_), std::move(why), out);
        return;
    }
    if (finish_reason_.empty()) {
        fail(ended_early(names_, answered_ ? "the answer ended early, without a reason for its end" : "the stream ended early, without an answer"), out);
        return;
    }
    const Ending end = ending(finish_reason_);
    if (end.kind == Ending::Kind::answered) {
        std::string why;
        if (end.stop == StopReason::refusal) why = finish_message_.empty() ? fmt::format("the answer was blocked ({})", finish_reason_) : std::move(finish_message_);
        done(end.stop, std::move(finish_reason_), std::move(why), out);
        return;
    }
    const bool again = end.kind == Ending::Kind::garbled;
    const std::string words = readable_text(finish_message_, "text/plain");
    ErrorInfo error;
    error.code = ErrorCode::protocol;
    error.retryable = again;
    error.provider = names_.provider;
    error.model = names_.wire_model;
    error.message = fmt::format("{}: {} ended its answer with {}{}. {}", names_.provider, names_.wire_model, finish_reason_,
                                words.empty() ? "" : fmt::format(" (\"{}\")", words),
                                again ? "Ask again." : "The same request will fail again; start a new session, or choose another model.");
    fail(std::move(error), out);
}

void Decoder::done(StopReason stop, std::string word, std::string explanation, std::vector<StreamEvent>& out) {
    ended_ = true;
    MessageDone done;
    done.message.role = Role::assistant;
    done.message.content = std::move(parts_).finish();
    for (ContentBlock& block : done.message.content)
        if (auto* use = std::get_if<ToolUseBlock>(&block.value))
            for (const std::string& name : respelled_)
                if (use->name == function_name(name)) use->name = name;
    done.stop = stop;
    const bool calls = std::any_of(done.message.content.begin(), done.message.content.end(),
                                   [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
    if (calls && (stop == StopReason::stop || stop == StopReason::unknown)) done.stop = StopReason::tool_calls;
    if (stop == StopReason::pause) {
        // Without a token there is nothing to go on with: what is there is all there is.
        if (continuation_.empty())
            done.stop = StopReason::length;
        else
            done.message.content.push_back(continuation_block(continuation_));
    }
    done.vendor_stop = std::move(word);
    done.explanation = std::move(explanation);
    done.usage = usage_.usage();
    done.usage_known = usage_.known();
    done.model = std::move(model_);
    done.id = std::move(id_);
    out.emplace_back(std::move(done));
}

void Decoder::fail(ErrorInfo error, std::vector<StreamEvent>& out) {
    ended_ = true;
    out.emplace_back(MessageFailed{std::move(error), usage_.usage()});
}

}  // namespace cortex::dialects::gemini
