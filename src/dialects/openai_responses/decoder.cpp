#include "dialects/openai_responses/decoder.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/openai_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace cortex::dialects::openai_responses {
namespace {

/// More tokens than any answer counts; keeps sums of nonsense from overflowing.
constexpr std::int64_t most_tokens = std::int64_t{1} << 40;
constexpr std::string_view event_prefix = "response.";

std::int64_t count(const JsonObject* usage, std::string_view name) noexcept {
    if (usage == nullptr) return 0;
    return std::clamp<std::int64_t>(json_integer(*usage, name).value_or(0), 0, most_tokens);
}

bool is_terminal(std::string_view status) noexcept {
    return status == "completed" || status == "incomplete" || status == "failed" || status == "cancelled";
}

bool is_error(const JsonObject& object) noexcept {
    if (json_array(object, "output") != nullptr) return false;
    return json_member(object, "error") != nullptr || json_member(object, "detail") != nullptr ||
           json_text(object, "message").has_value();
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
      id_stem_(fmt::format("call_{}", call.messages.size())) {}

void Decoder::on_event(const SseEvent& event, std::vector<StreamEvent>& out) {
    const std::string_view data = trim(event.data);
    // Servers that speak Chat Completions too close with its mark.
    if (ended_ || data.empty() || data.starts_with("[DONE]")) return;
    const JsonObject* object = parser_.parse_object(data);
    if (object == nullptr) {
        if (event.type == "error")
            fail(describe_failure(names_, {}, 0, {.message = std::string(data)}), out);
        else
            fail(malformed(names_, "an event that is no JSON object"), out);
        return;
    }
    const std::string_view named = json_text_or_empty(*object, "type");
    on_object(named.empty() ? event.type : named, *object, parser_.source(), out);
}

void Decoder::on_object(std::string_view type, const JsonObject& event, std::string_view raw,
                        std::vector<StreamEvent>& out) {
    if (type.ends_with(".delta")) {
        take_delta(type, event, out);
    } else if (type == "response.output_item.added") {
        open_item(event);
    } else if (type == "response.output_item.done") {
        if (const JsonObject* item = json_object(event, "item"))
            take_item(index_of(event), *item, slice_member(raw, "item").value_or(""), out);
    } else if (type == "response.function_call_arguments.done") {
        if (const auto arguments = json_text(event, "arguments")) slots_[index_of(event)].arguments = *arguments;
    } else if (type == "error" || (!type.starts_with(event_prefix) && is_error(event))) {
        fail(classify_openai_object(names_, event), out);
    } else if (const JsonObject* response = json_object(event, "response");
               response != nullptr && type.starts_with(event_prefix)) {
        const std::string_view word = type.substr(event_prefix.size());
        if (is_terminal(word))
            take_response(*response, slice_member(raw, "response").value_or(""), word, out);
        else
            take_head(*response, out);
    } else if (!type.starts_with(event_prefix) && json_array(event, "output") != nullptr) {
        take_response(event, raw, "completed", out);   // a server that answers with the whole, stream or not
    }
    // Whatever else there may be is ignored: finished items repeat it.
}

/// Pieces of what is shown; of a call's arguments only in case that the call never becomes whole.
void Decoder::take_delta(std::string_view type, const JsonObject& event, std::vector<StreamEvent>& out) {
    const std::string_view piece = json_text_or_empty(event, "delta");
    if (piece.empty()) return;
    const auto slot = [&]() -> Slot& { return slots_[index_of(event)]; };
    if (type == "response.output_text.delta")
        say(slot(), piece, out);
    else if (type == "response.reasoning_summary_text.delta")
        think(slot(), 2 * (json_integer(event, "summary_index").value_or(0) % most_tokens), piece, out);
    else if (type == "response.reasoning_text.delta")
        think(slot(), 2 * (json_integer(event, "content_index").value_or(0) % most_tokens) + 1, piece, out);
    else if (type == "response.refusal.delta")
        slot().refusal += piece;
    else if (type == "response.function_call_arguments.delta")
        slot().arguments += piece;
}

void Decoder::take_head(const JsonObject& response, std::vector<StreamEvent>& out) {
    if (const auto id = json_text(response, "id")) id_ = *id;
    if (const auto model = json_text(response, "model")) model_ = *model;
    if (const JsonObject* usage = json_object(response, "usage")) take_usage(*usage);
    begin(out);
}

void Decoder::begin(std::vector<StreamEvent>& out) {
    if (!std::exchange(started_, true)) out.emplace_back(MessageStarted{id_, model_});
}

/// Input counts what was read from and written to the cache, output what was thought.
void Decoder::take_usage(const JsonObject& usage) {
    const JsonObject* input = json_object(usage, "input_tokens_details");
    const JsonObject* output = json_object(usage, "output_tokens_details");
    const std::int64_t all = count(&usage, "input_tokens");
    Usage result;
    result.cache_read = std::min(all, count(input, "cached_tokens"));
    result.cache_write_5m = std::min(all - result.cache_read, count(input, "cache_write_tokens"));
    result.input = all - result.cache_read - result.cache_write_5m;
    result.output = count(&usage, "output_tokens");
    result.thinking = std::min(result.output, count(output, "reasoning_tokens"));
    usage_ = result;
}

/// Which output item an event speaks of; one that does not say means the last.
std::int64_t Decoder::index_of(const JsonObject& event) const {
    return json_integer(event, "output_index").value_or(slots_.empty() ? 0 : slots_.rbegin()->first);
}

std::int64_t Decoder::next_index() const {
    if (slots_.empty()) return 0;
    const std::int64_t last = slots_.rbegin()->first;
    return last < std::numeric_limits<std::int64_t>::max() ? last + 1 : last;
}

void Decoder::open_item(const JsonObject& event) {
    const JsonObject* item = json_object(event, "item");
    if (item == nullptr) return;
    Slot& slot = slots_[json_integer(event, "output_index").value_or(next_index())];
    slot.id = json_text_or_empty(*item, "id");
    slot.type = json_text_or_empty(*item, "type");
    slot.call_id = json_text_or_empty(*item, "call_id");
    slot.name = json_text_or_empty(*item, "name");
}

void Decoder::take_item(std::int64_t index, const JsonObject& item, std::string_view raw,
                        std::vector<StreamEvent>& out) {
    Slot& slot = slots_[index];
    if (slot.block) return;
    if (slot.id.empty()) slot.id = json_text_or_empty(item, "id");
    OutputItem whole = read_output_item(item, raw, fmt::format("{}_{}", id_stem_, slots_.size()));
    const auto rest = [](const std::string& all, const std::string& shown) {
        return all.starts_with(shown) ? all.substr(shown.size()) : std::string();
    };
    think(slot, slot.part, rest(whole.thinking, slot.thinking), out);
    say(slot, rest(whole.text, slot.text), out);
    if (!whole.refusal.empty()) slot.refusal = std::move(whole.refusal);
    slot.block = std::move(whole.block);
}

void Decoder::say(Slot& slot, std::string_view piece, std::vector<StreamEvent>& out) {
    if (piece.empty()) return;
    begin(out);
    slot.text += piece;
    out.emplace_back(TextDelta{std::string(piece)});
}

/// A blank line parts what was thought apart.
void Decoder::think(Slot& slot, std::int64_t part, std::string_view piece, std::vector<StreamEvent>& out) {
    if (piece.empty()) return;
    begin(out);
    std::string shown;
    if (slot.thinking.empty()) {
        if (thought_) shown = "\n\n";
    } else if (part != slot.part) {
        shown = "\n\n";
        slot.thinking += shown;
    }
    slot.part = part;
    slot.thinking += piece;
    shown += piece;
    thought_ = true;
    out.emplace_back(ThinkingDelta{std::move(shown)});
}

void Decoder::on_document(std::string_view body, std::vector<StreamEvent>& out) {
    if (ended_) return;
    const JsonObject* object = parser_.parse_object(body);
    if (object == nullptr) {
        fail(unreadable(names_, body, parser_.cut(), "an answer that is no JSON object"), out);
    } else if (is_error(*object)) {
        fail(classify_openai_object(names_, *object), out);
    } else if (json_array(*object, "output") != nullptr) {
        take_response(*object, parser_.source(), "completed", out);
    } else {
        fail(malformed(names_, "an answer that is no response"), out);
    }
}

/// A response that is over. `status`: what its event said, where it does not say so itself.
void Decoder::take_response(const JsonObject& response, std::string_view raw, std::string_view status,
                            std::vector<StreamEvent>& out) {
    take_head(response, out);
    if (const auto word = json_text(response, "status")) status = *word;
    if (status == "failed") {
        if (json_member(response, "error") != nullptr)
            fail(classify_openai_object(names_, response), out);
        else
            fail(describe_failure(names_, {ErrorCode::unavailable, true}, 0, {.message = "The response failed."}), out);
    } else if (status == "cancelled") {
        fail(describe_failure(names_, {}, 0, {.message = "The response was cancelled.", .code = "cancelled"}), out);
    } else if (status == "in_progress" || status == "queued") {
        fail(malformed(names_, "a response that is not finished"), out);
    } else {
        take_output(response, raw, out);
        const JsonObject* details = json_object(response, "incomplete_details");
        done(status, details == nullptr ? std::string_view() : json_text_or_empty(*details, "reason"), out);
    }
}

/// The items of a finished response, as far as none came before. They are listed without gaps, whereas the indexes of events
/// may have some: ids tell which is which, and the order where there are none.
void Decoder::take_output(const JsonObject& response, std::string_view raw, std::vector<StreamEvent>& out) {
    const JsonArray* items = json_array(response, "output");
    if (items == nullptr) return;
    const bool whole =
        std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot.second.block.has_value(); });
    if (whole && slots_.size() >= items->size()) return;
    std::map<std::string, std::int64_t, std::less<>> by_id;
    for (const auto& [index, slot] : slots_)
        if (!slot.id.empty()) by_id.emplace(slot.id, index);

    const std::vector<std::string_view> slices = slice_elements(slice_member(raw, "output").value_or(""));
    auto unfinished = slots_.begin();
    for (std::size_t i = 0; i < items->size(); ++i) {
        const JsonObject* item = (*items)[i].if_object();
        if (item == nullptr) continue;
        std::int64_t index = next_index();
        if (const auto known = by_id.find(json_text_or_empty(*item, "id")); known != by_id.end()) {
            index = known->second;
        } else {
            const std::string_view type = json_text_or_empty(*item, "type");
            const auto fits = [&](const auto& slot) {
                return !slot.second.block && (slot.second.type.empty() || slot.second.type == type);
            };
            unfinished = std::find_if(unfinished, slots_.end(), fits);
            if (unfinished != slots_.end()) index = (unfinished++)->first;
        }
        take_item(index, *item, i < slices.size() ? slices[i] : std::string_view(), out);
    }
}

void Decoder::on_end(std::vector<StreamEvent>& out) {
    if (ended_) return;
    fail(ended_early(names_, started_ ? "the stream ended early, without the end of the response"
                                      : "the stream ended early, without a response"),
         out);
}

/// The item as a block; one that never became whole, as far as it came.
std::optional<ContentBlock> Decoder::finish(Slot& slot) const {
    if (slot.block) return std::move(slot.block);
    if (!slot.name.empty() && !slot.call_id.empty()) {
        if (trim(slot.arguments).empty()) slot.arguments = "{}";
        return ContentBlock{
            .value = ToolUseBlock{std::move(slot.call_id), std::move(slot.name), std::move(slot.arguments)}, .raw = {}};
    }
    if (!slot.thinking.empty()) return ContentBlock{.value = ThinkingBlock{std::move(slot.thinking), {}}, .raw = {}};
    if (!slot.text.empty()) return ContentBlock{.value = TextBlock{std::move(slot.text)}, .raw = {}};
    return std::nullopt;
}

StopReason Decoder::stop(const Message& message, std::string_view status, std::string_view reason,
                         bool refused) const noexcept {
    if (status == "incomplete") {
        if (reason == "max_output_tokens") return StopReason::length;
        return reason == "content_filter" ? StopReason::refusal : StopReason::unknown;
    }
    // There is no word for it: the calls themselves tell.
    const bool calls = std::any_of(message.content.begin(), message.content.end(),
                                   [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
    if (calls) return StopReason::tool_calls;
    if (refused) return StopReason::refusal;
    return status == "completed" || status == "complete" ? StopReason::stop : StopReason::unknown;
}

void Decoder::done(std::string_view status, std::string_view reason, std::vector<StreamEvent>& out) {
    ended_ = true;
    MessageDone done;
    done.message.role = Role::assistant;
    done.message.content.reserve(slots_.size());
    for (auto& [index, slot] : slots_) {
        if (!done.explanation.empty() && !slot.refusal.empty()) done.explanation += ' ';
        done.explanation += slot.refusal;
        if (auto block = finish(slot)) done.message.content.push_back(*std::move(block));
    }
    slots_.clear();
    done.stop = stop(done.message, status, reason, !done.explanation.empty());
    done.vendor_stop = status == "incomplete" && !reason.empty() ? reason : status;
    done.usage = usage_.value_or(Usage{});
    done.usage_known = usage_.has_value();
    done.model = std::move(model_);
    done.id = std::move(id_);
    out.emplace_back(std::move(done));
}

void Decoder::fail(ErrorInfo error, std::vector<StreamEvent>& out) {
    ended_ = true;
    out.emplace_back(MessageFailed{std::move(error), usage_.value_or(Usage{})});
}

}  // namespace cortex::dialects::openai_responses
