#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// What a proof of possession says (RFC 9449).
struct DpopClaims {
    std::string method = "POST";
    std::string url = {};
    std::int64_t issued_at = 0;   ///< Seconds since 1970.
    std::string id = {};          ///< Never the same twice.
};

/// A proof signed with ES256 by a P-256 key in PEM, of either form (SEC1 or PKCS#8). Fails (`auth`) for what is no such key; the
/// message never holds any of it.
Result<std::string> dpop_proof(std::string_view private_key_pem, const DpopClaims& claims);

/// Sixteen random bytes as a UUID of version 4.
std::string uuid_of(std::string random);

}  // namespace cortex::auth::aws
