#include "dialects/anthropic/decoder.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/anthropic/errors.hpp"
#include "dialects/anthropic/quick_delta.hpp"
#include "dialects/failure.hpp"

#include <algorithm>
#include <utility>

namespace cortex::dialects::anthropic {

using Kind = BlockBuilder::Kind;

Decoder::Decoder(const ModelCall& call)
    : names_{.model = nullptr,
             .wire_model = call.wire_model,
             .provider = call.provider,
             .prefix = nullptr,
             .messages = {},
             .params = call.params,
             .stream = call.stream} {}

void Decoder::on_event(const SseEvent& event, std::vector<StreamEvent>& out) {
    if (ended_ || event.type == "ping" || trim(event.data).empty()) return;
    if (quick_delta(event.data, out)) return;
    // Gateways that speak several dialects close with the mark of another.
    if (event.data.starts_with("[DONE]")) return;
    const JsonObject* object = parser_.parse_object(event.data);
    if (object == nullptr) {
        fail(malformed(names_, "an event that is no JSON object"), out);
        return;
    }
    const std::string_view named = json_text_or_empty(*object, "type");
    on_object(named.empty() ? event.type : named, *object, parser_.source(), out);
}

void Decoder::on_object(std::string_view type, const JsonObject& object, std::string_view raw,
                        std::vector<StreamEvent>& out) {
    if (type == "content_block_delta") {
        block_delta(object, raw, out);
    } else if (type == "content_block_start") {
        block_start(object, raw, out);
    } else if (type == "message_start") {
        message_start(object, out);
    } else if (type == "message_delta") {
        message_delta(object);
    } else if (type == "message_stop") {
        if (started_ || !slots_.empty())
            done(out);
        else
            fail(malformed(names_, "the end of a message that never began"), out);
    } else if (type == "error" || json_member(object, "error") != nullptr) {
        fail(classify_envelope(names_, object), out);
    } else if (type == "message" && json_array(object, "content") != nullptr) {
        whole_message(object, raw, out);
    }
    // content_block_stop needs nothing: blocks are finished together. Whatever else there may be is ignored.
}

void Decoder::message_start(const JsonObject& event, std::vector<StreamEvent>& out) {
    const JsonObject* message = json_object(event, "message");
    if (message == nullptr) return;
    const std::string_view id = json_text_or_empty(*message, "id");
    if (started_ && !slots_.empty() && id != id_) {
        fail(malformed(names_, "two messages in one stream"), out);
        return;
    }
    take_head(*message, out);
}

void Decoder::take_head(const JsonObject& message, std::vector<StreamEvent>& out) {
    if (const JsonObject* usage = json_object(message, "usage")) usage_.take(*usage);
    id_ = json_text_or_empty(message, "id");
    model_ = json_text_or_empty(message, "model");
    if (!std::exchange(started_, true)) out.emplace_back(MessageStarted{id_, model_});
}

void Decoder::block_start(const JsonObject& event, std::string_view raw, std::vector<StreamEvent>& out) {
    const JsonObject* block = json_object(event, "content_block");
    if (block == nullptr) return;
    open(json_integer(event, "index").value_or(static_cast<std::int64_t>(slots_.size())),
         slice_member(raw, "content_block").value_or("{}"), *block, out);
}

void Decoder::open(std::int64_t index, std::string_view raw, const JsonObject& object, std::vector<StreamEvent>& out) {
    slots_.push_back({index, BlockBuilder(raw, object)});
    const BlockBuilder& block = slots_.back().builder;
    if (block.text().empty()) return;
    if (block.kind() == Kind::text) out.emplace_back(TextDelta{block.text()});
    if (block.kind() == Kind::thinking) out.emplace_back(ThinkingDelta{block.text()});
}

/// The block that was opened last under that index.
BlockBuilder* Decoder::find(std::int64_t index) noexcept {
    for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot)
        if (slot->index == index) return &slot->builder;
    return nullptr;
}

/// Servers that forget to open a text block are known; what it is, the delta says.
BlockBuilder* Decoder::find_or_open(std::int64_t index, Kind kind) {
    if (BlockBuilder* block = find(index)) return block->kind() == kind ? block : nullptr;
    const bool thinking = kind == Kind::thinking;
    const JsonObject object{{"type", thinking ? "thinking" : "text"}};
    slots_.push_back({index, BlockBuilder(thinking ? R"({"type":"thinking"})" : R"({"type":"text"})", object)});
    return &slots_.back().builder;
}

void Decoder::append(BlockBuilder& block, std::string_view piece, std::vector<StreamEvent>& out) {
    if (piece.empty()) return;
    block.add_text(piece);
    if (block.kind() == Kind::text)
        out.emplace_back(TextDelta{std::string(piece)});
    else
        out.emplace_back(ThinkingDelta{std::string(piece)});
}

bool Decoder::quick_delta(std::string_view data, std::vector<StreamEvent>& out) {
    const auto delta = read_quick_delta(data, piece_);
    if (!delta) return false;
    BlockBuilder* block = find_or_open(delta->index, delta->thinking ? Kind::thinking : Kind::text);
    if (block != nullptr) append(*block, delta->text, out);
    return true;
}

void Decoder::block_delta(const JsonObject& event, std::string_view raw, std::vector<StreamEvent>& out) {
    const JsonObject* delta = json_object(event, "delta");
    if (delta == nullptr) return;
    const std::int64_t index = json_integer(event, "index").value_or(slots_.empty() ? 0 : slots_.back().index);
    const std::string_view type = json_text_or_empty(*delta, "type");
    if (type == "text_delta") {
        if (BlockBuilder* block = find_or_open(index, Kind::text))
            append(*block, json_text_or_empty(*delta, "text"), out);
    } else if (type == "thinking_delta") {
        if (BlockBuilder* block = find_or_open(index, Kind::thinking))
            append(*block, json_text_or_empty(*delta, "thinking"), out);
    } else if (type == "signature_delta") {
        if (BlockBuilder* block = find_or_open(index, Kind::thinking))
            block->set_signature(json_text_or_empty(*delta, "signature"));
    } else if (type == "input_json_delta") {
        if (BlockBuilder* block = find(index))
            block->add_input(json_text_or_empty(*delta, "partial_json"));
        else
            fail(malformed(names_, "the input of a tool call that never began"), out);
    } else if (type == "citations_delta") {
        const auto citation = slice_member(slice_member(raw, "delta").value_or(""), "citation");
        BlockBuilder* block = citation ? find_or_open(index, Kind::text) : nullptr;
        if (block != nullptr) block->add_citation(*citation);
    } else if (type == "compaction_delta") {
        BlockBuilder* block = find(index);
        if (block == nullptr || block->kind() != Kind::other) return;
        for (const JsonMemberSlice& member : slice_members(slice_member(raw, "delta").value_or("")))
            if (member.name != "type") block->set_member(member.name, member.value);
    }
}

void Decoder::message_delta(const JsonObject& event) {
    if (const JsonObject* usage = json_object(event, "usage")) usage_.take(*usage);
    if (const JsonObject* delta = json_object(event, "delta")) take_stop(*delta);
}

void Decoder::take_stop(const JsonObject& holder) {
    if (const auto word = json_text(holder, "stop_reason")) vendor_stop_ = *word;
    if (const JsonObject* details = json_object(holder, "stop_details")) {
        if (const auto explanation = json_text(*details, "explanation"))
            explanation_ = *explanation;
        else if (const auto category = json_text(*details, "category"))
            explanation_ = *category;
    }
}

void Decoder::on_document(std::string_view body, std::vector<StreamEvent>& out) {
    if (ended_) return;
    const JsonObject* object = parser_.parse_object(body);
    if (object == nullptr) {
        fail(unreadable(names_, body, parser_.cut(), "an answer that is no JSON object"), out);
    } else if (is_error_envelope(*object)) {
        fail(classify_envelope(names_, *object), out);
    } else if (json_array(*object, "content") != nullptr) {
        whole_message(*object, parser_.source(), out);
    } else {
        fail(malformed(names_, "an answer that is no message"), out);
    }
}

void Decoder::whole_message(const JsonObject& message, std::string_view raw, std::vector<StreamEvent>& out) {
    if (!slots_.empty()) {
        fail(malformed(names_, "two messages in one stream"), out);
        return;
    }
    take_head(message, out);
    const JsonArray& blocks = *json_array(message, "content");
    const std::vector<std::string_view> slices = slice_elements(slice_member(raw, "content").value_or(""));
    for (std::size_t i = 0; i < blocks.size() && i < slices.size(); ++i)
        if (const JsonObject* block = blocks[i].if_object()) open(static_cast<std::int64_t>(i), slices[i], *block, out);
    take_stop(message);
    done(out);
}

void Decoder::on_end(std::vector<StreamEvent>& out) {
    if (ended_) return;
    fail(ended_early(names_, started_ ? "the stream ended early, without the end of the message"
                                      : "the stream ended early, without a message"),
         out);
}

void Decoder::done(std::vector<StreamEvent>& out) {
    ended_ = true;
    MessageDone done;
    done.message.role = Role::assistant;
    done.message.content.reserve(slots_.size());
    for (Slot& slot : slots_) done.message.content.push_back(std::move(slot.builder).finish());
    slots_.clear();
    done.stop = stop_reason(vendor_stop_);
    // The calls themselves tell more than the word: other servers of this dialect end with "end_turn", or with nothing.
    const bool calls = std::any_of(done.message.content.begin(), done.message.content.end(),
                                   [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
    if (calls && (done.stop == StopReason::stop || done.stop == StopReason::unknown))
        done.stop = StopReason::tool_calls;
    done.vendor_stop = std::move(vendor_stop_);
    done.explanation = std::move(explanation_);
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

}  // namespace cortex::dialects::anthropic
