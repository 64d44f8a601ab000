#pragma once

#include <array>
#include <string>
#include <string_view>

namespace cortex::auth::aws {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view text);
Digest hmac_sha256(std::string_view key, std::string_view text);

/// Lower case, as signatures want it.
std::string hex(const Digest& digest);

inline std::string_view bytes(const Digest& digest) noexcept {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The key of one day, region and service. Remembered per thread, as four HMACs cost more than the rest of a small request;
/// the secret itself is not kept.
Digest signing_key(std::string_view secret, std::string_view day, std::string_view region, std::string_view service);

}  // namespace cortex::auth::aws
