#pragma once
// ES256, as a DPoP proof is signed with it.

#include "jwt.hpp"

#include <string>

namespace emulator {

/// A new P-256 key, PKCS#8 in PEM.
[[nodiscard]] std::string new_p256_pem();

/// The token against a P-256 key in its JWK form; the signature is raw r and s.
[[nodiscard]] bool verifies_es256(const Jwt& token, const json::object& jwk);

}  // namespace emulator
