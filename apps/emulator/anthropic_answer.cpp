#include "anthropic_answer.hpp"

#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

// Kept beside a block until it is written; no client ever sees it.
constexpr std::string_view hidden_tokens = "_hidden_tokens";

std::size_t output_tokens_of(const json::object& block) {
    const std::string type = text_of(block, "type");
    if (type == "thinking") {
        if (const auto hidden = integer_of(block, hidden_tokens)) {
            return static_cast<std::size_t>(*hidden);
        }
        return estimated_tokens(text_of(block, "thinking").size());
    }
    if (type == "tool_use") {
        const json::value* input = member(block, "input");
        return 12 + estimated_tokens(input == nullptr ? 0 : json::serialize(*input).size());
    }
    return estimated_tokens(text_of(block, "text").size());
}

std::size_t output_tokens(const Answer& answer, bool only_thinking) {
    std::size_t tokens = 0;
    for (const json::object& block : answer.blocks) {
        if (!only_thinking || text_of(block, "type") == "thinking") {
            tokens += output_tokens_of(block);
        }
    }
    return tokens;
}

json::object shown(const json::object& block) {
    json::object copy = block;
    copy.erase(hidden_tokens);
    if (text_of(copy, "type") == "text" && !copy.contains("citations")) {
        copy["citations"] = nullptr;
    }
    return copy;
}

json::object input_usage(const InputTokens& input) {
    return {{"input_tokens", input.fresh},
            {"cache_creation_input_tokens", input.written_5m + input.written_1h},
            {"cache_read_input_tokens", input.read},
            {"cache_creation", json::object{{"ephemeral_5m_input_tokens", input.written_5m},
                                            {"ephemeral_1h_input_tokens", input.written_1h}}}};
}

json::object final_usage(const Answer& answer, const MessageFrame& frame) {
    json::object usage = input_usage(frame.input);
    usage["output_tokens"] = std::max<std::size_t>(1, output_tokens(answer, false));
    const std::size_t thinking = output_tokens(answer, true);
    if (thinking > 0) {
        usage["output_tokens_details"] = json::object{{"thinking_tokens", thinking}};
    }
    for (const auto& item : answer.usage) {
        usage[item.key()] = item.value();
    }
    return usage;
}

json::value stop_sequence_of(const Answer& answer) {
    return answer.stop_sequence.empty() ? json::value(nullptr) : json::value(answer.stop_sequence);
}

json::value stop_reason_of(const Answer& answer) {
    return answer.stop_reason.empty() ? json::value(nullptr) : json::value(answer.stop_reason);
}

class EventWriter {
public:
    EventWriter(const StreamFaults& faults, const std::string& request_id) : faults_(faults), request_id_(request_id) {}

    void event(json::object data) {
        if (!ended_) {
            const std::string name = text_of(data, "type");
            events_.push_back("event: " + name + "\ndata: " + json::serialize(data) + "\n\n");
        }
    }

    void delta(std::size_t index, json::object body) {
        if (deltas_ == faults_.error_after_deltas) {
            event(
                {{"type", "error"},
                 {"error",
                  json::object{{"type", faults_.error_type}, {"message", faults_.error_message}, {"details", nullptr}}},
                 {"request_id", request_id_}});
            ended_ = true;
        }
        if (deltas_ == faults_.malformed_after_deltas && !ended_) {
            events_.push_back(
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"ty\n\n");
        }
        ++deltas_;
        event({{"type", "content_block_delta"}, {"index", index}, {"delta", std::move(body)}});
    }

    /// Called after the last delta: faults that were to come later than the answer is long come now.
    void last_delta() {
        if (!ended_ && deltas_ <= faults_.error_after_deltas) {
            deltas_ = faults_.error_after_deltas;
            delta(0, {});
        }
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(events_); }
    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    const StreamFaults& faults_;
    const std::string& request_id_;
    std::vector<std::string> events_;
    int deltas_ = 0;
    bool ended_ = false;
};

// Small and uneven, so that no client can rely on one size.
std::size_t piece_size(std::size_t index) {
    constexpr std::size_t sizes[] = {9, 14, 6, 21, 11};
    return sizes[index % std::size(sizes)];
}

void write_pieces(std::string_view text, const auto& write) {
    std::size_t index = 0;
    while (!text.empty()) {
        // Long answers go in longer pieces, so that a stream of megabytes stays a few thousand events.
        const std::size_t size = std::max(piece_size(index++), text.size() / 400);
        const std::string_view piece = pieces(text, size).front();
        write(piece);
        text.remove_prefix(piece.size());
    }
}

void write_block(EventWriter& out, std::size_t index, const json::object& block) {
    const std::string type = text_of(block, "type");
    json::object start = shown(block);
    if (type == "text") {
        start = {{"type", "text"}, {"text", ""}};
    } else if (type == "thinking") {
        start = {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}};
    } else if (type == "tool_use") {
        start["input"] = json::object();
    }
    out.event({{"type", "content_block_start"}, {"index", index}, {"content_block", start}});
    if (index == 0) {
        out.event({{"type", "ping"}});
    }
    if (type == "text") {
        write_pieces(text_of(block, "text"),
                     [&](std::string_view piece) { out.delta(index, {{"type", "text_delta"}, {"text", piece}}); });
        if (const json::value* citations = member(block, "citations"); citations != nullptr && citations->is_array()) {
            for (const json::value& citation : citations->get_array()) {
                out.delta(index, {{"type", "citations_delta"}, {"citation", citation}});
            }
        }
    } else if (type == "thinking") {
        write_pieces(text_of(block, "thinking"), [&](std::string_view piece) {
            out.delta(index, {{"type", "thinking_delta"}, {"thinking", piece}});
        });
        out.delta(index, {{"type", "signature_delta"}, {"signature", text_of(block, "signature")}});
    } else if (type == "tool_use") {
        out.delta(index, {{"type", "input_json_delta"}, {"partial_json", ""}});
        const json::value* input = member(block, "input");
        // A script may give a string: it is sent as the input's text, so that broken JSON can be had.
        const std::string text = input == nullptr                                    ? std::string()
                                 : input->is_string()                                ? std::string(input->get_string())
                                 : input->is_object() && input->get_object().empty() ? std::string()
                                                                                     : json::serialize(*input);
        write_pieces(text, [&](std::string_view piece) {
            out.delta(index, {{"type", "input_json_delta"}, {"partial_json", piece}});
        });
    }
    out.event({{"type", "content_block_stop"}, {"index", index}});
}

json::object message_skeleton(const AnthropicCall& call, const MessageFrame& frame) {
    return {{"id", frame.id}, {"type", "message"}, {"role", "assistant"}, {"model", call.model}};
}

}  // namespace

void finish_thinking(Answer& answer, const AnthropicCall& call, const ThinkingSigner& signer) {
    for (json::object& block : answer.blocks) {
        const std::string type = text_of(block, "type");
        if (type == "redacted_thinking" && !block.contains("data")) {
            block["data"] = signer.sign(call, {}, true);
        }
        if (type != "thinking" || block.contains("signature")) {
            continue;
        }
        const std::string text = text_of(block, "thinking");
        block["signature"] = signer.sign(call, text, call.omit_thinking);
        if (call.omit_thinking) {
            block[hidden_tokens] = static_cast<std::int64_t>(estimated_tokens(text.size()));
            block["thinking"] = "";
        }
    }
}

std::string message_json(const Answer& answer, const AnthropicCall& call, const MessageFrame& frame) {
    json::object message = message_skeleton(call, frame);
    json::array content;
    for (const json::object& block : answer.blocks) {
        content.push_back(shown(block));
    }
    message["content"] = std::move(content);
    message["stop_reason"] = stop_reason_of(answer);
    message["stop_sequence"] = stop_sequence_of(answer);
    if (!answer.stop_details.is_null()) {
        message["stop_details"] = answer.stop_details;
    }
    message["usage"] = final_usage(answer, frame);
    message.at("usage").get_object()["service_tier"] = "standard";
    if (!call.transformations.empty()) {
        message["input_transformations"] = call.transformations;
    }
    return json::serialize(message);
}

std::vector<std::string> message_events(const Answer& answer, const AnthropicCall& call, const MessageFrame& frame,
                                        const StreamFaults& faults) {
    EventWriter out(faults, frame.request_id);
    json::object message = message_skeleton(call, frame);
    message["content"] = json::array();
    message["stop_reason"] = nullptr;
    message["stop_sequence"] = nullptr;
    json::object first_usage = input_usage(frame.input);
    for (const auto& item : answer.usage) {
        if (first_usage.contains(item.key())) {
            first_usage[item.key()] = item.value();
        }
    }
    first_usage["output_tokens"] = 1;
    first_usage["service_tier"] = "standard";
    message["usage"] = std::move(first_usage);
    if (!call.transformations.empty()) {
        message["input_transformations"] = call.transformations;
    }
    out.event({{"type", "message_start"}, {"message", std::move(message)}});
    std::size_t index = 0;
    if (faults.unknown_event) {
        out.event({{"type", "weather_report"}, {"sky", "clear"}});
    }
    if (faults.unknown_block) {
        out.event({{"type", "content_block_start"},
                   {"index", index},
                   {"content_block", json::object{{"type", "hologram"}, {"shape", "cube"}}}});
        out.delta(index, {{"type", "hologram_delta"}, {"shape", "sphere"}});
        out.event({{"type", "content_block_stop"}, {"index", index}});
        ++index;
    }
    for (const json::object& block : answer.blocks) {
        write_block(out, index++, block);
    }
    out.last_delta();
    if (!faults.no_terminal) {
        json::object delta{{"stop_reason", stop_reason_of(answer)}, {"stop_sequence", stop_sequence_of(answer)}};
        if (!answer.stop_details.is_null()) {
            delta["stop_details"] = answer.stop_details;
        }
        out.event({{"type", "message_delta"}, {"delta", std::move(delta)}, {"usage", final_usage(answer, frame)}});
        out.event({{"type", "message_stop"}});
    }
    return out.take();
}

}  // namespace emulator
