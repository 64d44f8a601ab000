#pragma once

#include <cortex/secret.hpp>

#include <string>
#include <string_view>

namespace cortex {

/// Reads secrets; for code that authorizes requests, and nobody else.
struct SecretAccess {
    enum class Kind { absent, text, callable, from_run };
    static Kind kind(const Secret& secret) noexcept;
    /// The text of a `text` secret; valid as long as a copy of the secret lives.
    static std::string_view text(const Secret& secret) noexcept;
    /// Calls a `callable` secret; whatever it throws passes through.
    static std::string call(const Secret& secret);
};

/// Overwrites the bytes in a way that the compiler keeps.
void wipe(std::string& text) noexcept;

}  // namespace cortex
