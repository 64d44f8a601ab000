#pragma once

#include "core/credential.hpp"
#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/model_call.hpp"

#include <string>
#include <string_view>

namespace cortex {

enum class Framing { sse, json };

/// Where something is said: addresses, frames, authorizes and names models. Immutable; share it freely.
struct Channel {
    virtual ~Channel() = default;
    virtual const Dialect& dialect_for(const ModelInfo& model) const = 0;
    /// The request without its credential.
    virtual HttpRequest address(const ModelCall& call, Body body) const = 0;
    virtual Framing framing(const ModelCall& call) const noexcept = 0;
    /// Adds the credential. With `Credential::endpoint`, also moves the request there.
    virtual void authorize(HttpRequest& request, const Credential& credential, WallTime now) const = 0;
    /// A free request that shows whether the credential is accepted: the models list.
    virtual HttpRequest probe() const = 0;
    /// The id as this channel spells it.
    virtual std::string wire_model(std::string_view id, const ModelInfo& model) const = 0;
    /// For people; without query and user info.
    virtual std::string base_url() const = 0;
};

}  // namespace cortex
