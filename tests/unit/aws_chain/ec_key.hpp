#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>

namespace cortex::test {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { ::EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

/// A key made for this test alone.
Key make_ec_key(const char* curve = "P-256");
enum class PemForm { sec1, pkcs8 };
std::string private_pem(EVP_PKEY* key, PemForm form);

std::string from_base64url(std::string text);
/// Whether `signature` (r and s, 32 bytes each) is the key's over the text, with SHA-256.
bool verify_es256(EVP_PKEY* key, const std::string& text, const std::string& signature);

}  // namespace cortex::test
