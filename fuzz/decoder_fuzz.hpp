#pragma once

#include "core/dialect.hpp"
#include "core/json.hpp"
#include "net/sse_decoder.hpp"

#include <boost/json/parse.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex::fuzz {

// A broken promise aborts: that is what makes the fuzzer keep the input.

/// A streamed call of a model with this id.
inline ModelCall call_of(const std::string& id) {
    auto model = std::make_shared<ModelInfo>();
    model->id = id;
    return {.model = model, .wire_model = id, .provider = "p", .prefix = nullptr, .messages = {}, .params = legalize({}, *model, {}).value(), .stream = true};
}

inline bool is_json(std::string_view text) {
    // A request nests what an answer held a few levels deeper.
    boost::json::parse_options options;
    options.max_depth = JsonParser::max_depth + 16;
    boost::system::error_code failure;
    return boost::json::parse({text.data(), text.size()}, failure, {}, options).is_object() && !failure;
}

/// Breaks where a decoder does not end exactly once, or goes on after its end.
inline void check_ends(const std::vector<StreamEvent>& events) {
    std::size_t ends = 0;
    for (const StreamEvent& event : events) {
        if (ends > 0) std::abort();
        ends += std::holds_alternative<MessageDone>(event) || std::holds_alternative<MessageFailed>(event) ? 1 : 0;
    }
    if (ends != 1) std::abort();
}

/// The input as a stream and as a whole answer; what comes of it goes back into a request, which must be JSON again.
inline void decode(const Dialect& dialect, const ModelCall& call, std::string_view input) {
    std::vector<StreamEvent> streamed;
    {
        const auto decoder = dialect.decoder(call);
        net::SseDecoder sse;
        if (!sse.feed(input, [&](const SseEvent& event) { decoder->on_event(event, streamed); })) return;
        decoder->on_end(streamed);
        check_ends(streamed);
    }
    std::vector<StreamEvent> whole;
    const auto decoder = dialect.decoder(call);
    decoder->on_document(input, whole);
    decoder->on_end(whole);
    check_ends(whole);
    (void)dialect.classify(call, HttpHead{.status = 429, .headers = {}, .received_at = {}}, input);

    for (std::vector<StreamEvent>* events : {&streamed, &whole}) {
        auto* done = std::get_if<MessageDone>(&events->back());
        if (done == nullptr) continue;
        done->message.origin = {.provider = call.provider, .model = call.wire_model, .account = {}};
        ModelCall next = call;
        next.messages = {std::make_shared<const Message>(std::move(done->message))};
        if (!is_json(*dialect.encode(next))) std::abort();
    }
}

}  // namespace cortex::fuzz
