#pragma once
// RSA keys, RS256 signatures and JSON web tokens.

#include "json_util.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

/// Without padding, as JSON web tokens have it.
[[nodiscard]] std::string base64url(std::string_view bytes);

/// Nothing unless the text is canonical.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// A 2048-bit key pair, made when it is first asked for: most runs of the emulator need none.
class RsaKey {
public:
    RsaKey();
    ~RsaKey();
    RsaKey(const RsaKey&) = delete;
    RsaKey& operator=(const RsaKey&) = delete;

    [[nodiscard]] std::string private_pem() const;  ///< PKCS#8
    [[nodiscard]] std::string sign(std::string_view text) const;
    [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;
    [[nodiscard]] json::object public_jwk(std::string_view id) const;

private:
    struct Pair;
    [[nodiscard]] const Pair& pair() const;
    mutable std::unique_ptr<Pair> pair_;
};

struct Jwt {
    json::object header;
    json::object claims;
    std::string signed_text;
    std::string signature;
};

/// Nothing unless it has three parts, the first two JSON objects. Says nothing about the signature.
[[nodiscard]] std::optional<Jwt> read_jwt(std::string_view text);

[[nodiscard]] std::string make_jwt(const json::object& claims, const RsaKey& key, std::string_view key_id);

}  // namespace emulator
