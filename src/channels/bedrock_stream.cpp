#include "channels/bedrock_stream.hpp"

#include "channels/aws_failure.hpp"
#include "core/base64.hpp"
#include "core/json.hpp"
#include "dialects/failure.hpp"


#include <utility>

namespace cortex::channels {
namespace {

/// `{"bytes":"<base64>","p":"<padding>"}`, as the service writes it; nothing where it is written in any other way.
std::optional<std::string_view> quick_bytes(std::string_view payload) {
    constexpr std::string_view opening = "{\"bytes\":\"";
    if (!payload.starts_with(opening)) return std::nullopt;
    payload.remove_prefix(opening.size());
    const std::size_t end = payload.find('"');
    if (end == std::string_view::npos || payload.substr(0, end).find('\\') != std::string_view::npos) return std::nullopt;
    return payload.substr(0, end);
}

}  // namespace

BedrockStream::BedrockStream(const ModelCall& call)
    : names_{.model = call.model, .wire_model = call.wire_model, .provider = call.provider, .prefix = nullptr, .messages = {}, .params = call.params, .stream = true} {}

bool BedrockStream::feed(std::string_view bytes, StreamDecoder& decoder, std::vector<StreamEvent>& out) {
    if (error_) return false;
    const bool fed = frames_.feed(bytes, [&](const net::EventStreamMessage& message) {
        if (!ended_ && !error_) on_message(message, decoder, out);
    });
    if (!fed && !error_) {
        ErrorInfo broken = *frames_.error();
        broken.provider = names_.provider;
        broken.model = names_.wire_model;
        error_ = std::move(broken);
    }
    return !error_;
}

void BedrockStream::on_message(const net::EventStreamMessage& message, StreamDecoder& decoder, std::vector<StreamEvent>& out) {
    const auto kind = message.text(":message-type");
    if (!kind) return fail(dialects::malformed(names_, "a frame without a :message-type"));
    if (*kind == "exception" || *kind == "error") {
        ended_ = true;
        ErrorInfo failure = *kind == "exception"
                                ? classify_aws_exception(names_, message.text(":exception-type").value_or(""), message.payload)
                                : classify_aws_exception(names_, message.text(":error-code").value_or(""), {}, message.text(":error-message").value_or(""));
        out.emplace_back(MessageFailed{std::move(failure), usage_until_now(decoder)});
        return;
    }
    if (*kind != "event") return fail(dialects::malformed(names_, "a frame whose :message-type is neither event nor exception"));
    if (message.text(":event-type").value_or("") != "chunk") return;   // "initial-response", and what may be added

    event_.clear();
    if (const auto quick = quick_bytes(message.payload)) {
        if (!append_from_base64(*quick, event_)) return fail(dialects::malformed(names_, "a chunk whose bytes are no base64"));
    } else {
        JsonParser parser;
        const JsonObject* object = parser.parse_object(message.payload);
        if (object == nullptr) return fail(dialects::malformed(names_, "a chunk that is no JSON object"));
        const auto text = json_text(*object, "bytes");
        if (!text) return;
        if (!append_from_base64(*text, event_)) return fail(dialects::malformed(names_, "a chunk whose bytes are no base64"));
    }
    decoder.on_event(SseEvent{.type = "", .data = event_, .id = {}}, out);
}

void BedrockStream::fail(ErrorInfo error) { error_ = std::move(error); }

}  // namespace cortex::channels
