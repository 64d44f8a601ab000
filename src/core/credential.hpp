#pragma once

#include <cortex/secret.hpp>

#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/result.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cortex {

/// What a request is authorized with.
struct Credential {
    enum class Kind { none, api_key, bearer } kind = Kind::none;
    Secret secret = {};
    std::string endpoint = {};   ///< Base URL that came with the credential (an embedded server's); empty: the channel's own.
    std::string source = {};     ///< Where it was found, for people: "environment variable ANTHROPIC_API_KEY".
};

/// Everything outside the process that a credential source may touch, replaceable in tests.
struct World {
    std::function<std::optional<std::string>(std::string_view name)> env;
    const Clock* clock = nullptr;
    Deadline deadline = {};
};

/// The variable's value, where it is set and not empty (an empty variable counts as unset).
std::optional<std::string> env_value(const World& world, std::string_view name);

/// One place where a credential may be. Straight and blocking; runs on a worker.
struct CredentialSource {
    virtual ~CredentialSource() = default;
    /// A credential, nothing ("not mine, ask the next"), or why the one that is here cannot be used.
    virtual Result<std::optional<Credential>> fetch(World& world) = 0;
    /// The engine ends: a `fetch` under way on another thread returns soon. For sources that start something slow.
    virtual void stop() noexcept {}
};

}  // namespace cortex
