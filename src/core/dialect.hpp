#pragma once

#include "core/http.hpp"
#include "core/model_call.hpp"
#include "core/sse_event.hpp"
#include "core/stream_event.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

/// Decodes one answer. Never throws; after MessageDone or MessageFailed it yields nothing more.
struct StreamDecoder {
    virtual ~StreamDecoder() = default;
    /// One event of a streamed answer.
    virtual void on_event(const SseEvent& event, std::vector<StreamEvent>& out) = 0;
    /// A whole answer that was not streamed: yields the same events as a stream would (deltas may be merged).
    virtual void on_document(std::string_view body, std::vector<StreamEvent>& out) = 0;
    /// The body ended: yields MessageFailed unless the answer was already whole.
    virtual void on_end(std::vector<StreamEvent>& out) = 0;
};

/// What an answer had counted that ends here, before it is whole. Ends the decode.
Usage usage_until_now(StreamDecoder& decoder);

/// What a second try may leave out so that the server takes it.
enum class Remedy {
    none,
    drop_thinking_blocks,   ///< Thinking in the history is bound to a prefix that is not this one any more.
    drop_tools,             ///< The server says that this model takes no tools.
    drop_stream_usage,      ///< The server refuses the field that asks for usage in streams.
    drop_effort,            ///< The server refuses the field that says how much to think.
    other_max_tokens,       ///< The server knows the answer's length under its other name.
    system_role,            ///< The server does not know the role `developer`.
};

/// What is said, whatever the place: encodes, decodes and classifies. Knows no URL and no key. Immutable; share it freely.
struct Dialect {
    virtual ~Dialect() = default;
    /// The request body. The bytes of history are stable: tools, system and messages of a later request of the same session
    /// begin with those of an earlier one, cache marks aside.
    virtual Body encode(const ModelCall& call) const = 0;
    virtual std::unique_ptr<StreamDecoder> decoder(const ModelCall& call) const = 0;
    /// An answer with a status other than 2xx, or one that is no answer. Fills code, message, retryable, http_status,
    /// request_id (from the head, else the body), provider and model; the caller adds retry_after.
    virtual ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const = 0;
    /// What would cure this refusal, where something would. A remedy is tried once a call.
    virtual Remedy remedy(const ModelCall&, const HttpHead&, std::string_view /*body*/) const { return Remedy::none; }
    /// The vendor's request id in the head, or "".
    virtual std::string request_id(const HttpHead& head) const = 0;
};

}  // namespace cortex
