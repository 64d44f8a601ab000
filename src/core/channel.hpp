#pragma once

#include "core/credential.hpp"
#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/model_call.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

enum class Framing { sse, json, aws_event_stream };

/// Takes a stream's bytes apart and hands each event to the decoder; for framings other than server-sent events.
struct Deframer {
    virtual ~Deframer() = default;
    /// False: the bytes are not what the framing allows; `error` tells why, and nothing more is taken.
    virtual bool feed(std::string_view bytes, StreamDecoder& decoder, std::vector<StreamEvent>& out) = 0;
    virtual const std::optional<ErrorInfo>& error() const noexcept = 0;
};

/// Something in a refusal that a second try cures. Each is tried once a call.
enum class Cure {
    none,
    fresh_credential,   ///< The credential ran out or was withdrawn: a new one may do.
    clock_corrected,    ///< This machine's clock is wrong; the channel signs by the server's from now on.
};

/// A model as a channel will ask for it.
struct Placement {
    std::string wire_model = {};              ///< The id as this channel spells it.
    ModelInfo model = {};                     ///< What it can do and costs there.
    std::vector<std::string> notices = {};    ///< Sentences for the user: a location that does not serve it, ...
};

/// Where something is said: addresses, frames, authorizes and names models. Immutable (but for what `cure` learns); share it freely.
struct Channel {
    virtual ~Channel() = default;
    virtual const Dialect& dialect_for(const ModelInfo& model) const = 0;
    /// The request without its credential.
    virtual HttpRequest address(const ModelCall& call, Body body) const = 0;
    virtual Framing framing(const ModelCall& call) const noexcept = 0;
    /// For `Framing::aws_event_stream`.
    virtual std::unique_ptr<Deframer> deframer(const ModelCall&) const { return nullptr; }
    /// Adds the credential. With `Credential::endpoint`, also moves the request there.
    virtual void authorize(HttpRequest& request, const Credential& credential, WallTime now) const = 0;
    /// An answer with a status other than 2xx, or one that is no answer; as `Dialect::classify`.
    virtual ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
        return dialect_for(*call.model).classify(call, head, body);
    }
    /// The request's id in the head, or "".
    virtual std::string request_id(const ModelCall& call, const HttpHead& head) const { return dialect_for(*call.model).request_id(head); }
    /// Looks at a refusal (a status of 400 or more).
    virtual Cure cure(const HttpHead&, std::string_view /*body*/) const { return Cure::none; }
    /// What `cure` learned, as a sentence for the user, or "".
    virtual std::string learned() const { return {}; }
    /// A request that costs nothing, or as little as there is, and shows whether the credential is accepted.
    virtual HttpRequest probe() const = 0;
    /// Whether an answer with this status to `probe` shows that the credential was accepted.
    virtual bool accepted(int status) const noexcept { return status >= 200 && status <= 299; }
    /// Fails with a ConfigError for an id that this channel can never reach (an ARN of another region).
    virtual Result<Placement> place(std::string_view id, const ModelInfo& model) const = 0;
    /// For people; without query and user info.
    virtual std::string base_url() const = 0;
};

}  // namespace cortex
