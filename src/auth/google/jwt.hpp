#pragma once

#include "core/clock.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::auth::google {

/// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes);

/// A private RSA key. Copies share it; it is wiped when the last of them goes. Thread-safe.
class SigningKey {
public:
    /// From PEM (PKCS#8 `BEGIN PRIVATE KEY` or PKCS#1 `BEGIN RSA PRIVATE KEY`). Fails with a ProviderAuthError whose sentence begins
    /// with `where` ("the field private_key of /x/key.json") and never shows a part of the key.
    static Result<SigningKey> from_pem(std::string_view pem, std::string_view where);

    /// RSASSA-PKCS1-v1_5 with SHA-256 (`RS256`): equal input gives equal bytes. Fails only where the machine has no memory, or the
    /// key is too small for a signature.
    Result<std::string> sign(std::string_view input) const;

private:
    struct Key;
    explicit SigningKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
    std::shared_ptr<const Key> key_;
};

/// One claim of a token; texts and whole numbers are all that Google wants.
struct Claim {
    std::string_view name;
    std::string text = {};
    std::int64_t number = 0;
    bool is_text = true;
};
Claim text_claim(std::string_view name, std::string value);
Claim time_claim(std::string_view name, WallTime when);   ///< Whole seconds since the epoch, rounded down.

/// `header.claims.signature`. The JSON has the spacing of google-auth, so that its published tokens come out byte for byte. A header
/// without `key_id` has no `kid`.
Result<std::string> signed_token(const SigningKey& key, std::string_view key_id, const std::vector<Claim>& claims);

}  // namespace cortex::auth::google
