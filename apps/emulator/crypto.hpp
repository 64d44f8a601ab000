#pragma once
// Digests and base64, as thinking signatures, masked headers and ids need them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string base64(std::string_view bytes);

/// Nothing unless the text is canonical base64: a signature that was re-encoded in any way is another signature.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

[[nodiscard]] std::string random_bytes(std::size_t count);
[[nodiscard]] bool same_bytes(std::string_view a, std::string_view b) noexcept;  ///< in constant time

[[nodiscard]] inline std::string_view bytes_of(const Digest& digest) noexcept {
    return {static_cast<const char*>(static_cast<const void*>(digest.data())), digest.size()};
}

}  // namespace emulator
