#include "auth/aws/dpop.hpp"

#include "core/base64.hpp"
#include "core/json_writer.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace cortex::auth::aws {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const noexcept { ::EVP_PKEY_free(key); }
    void operator()(BIO* bio) const noexcept { ::BIO_free(bio); }
    void operator()(EVP_MD_CTX* context) const noexcept { ::EVP_MD_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const noexcept { ::ECDSA_SIG_free(signature); }
    void operator()(BIGNUM* number) const noexcept { ::BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr int coordinate_size = 32;

std::string base64url(std::string_view bytes) {
    std::string out = base64(bytes);
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

/// Big-endian, with leading zeros.
std::optional<std::string> fixed(const BIGNUM* number) {
    std::string out(coordinate_size, '\0');
    if (::BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), coordinate_size) != coordinate_size) return std::nullopt;
    return out;
}

std::optional<std::string> coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (::EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
    const Owned<BIGNUM> number(raw);
    return fixed(number.get());
}

/// No passphrase is asked for: the library must never read from a terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Owned<EVP_PKEY> read_key(std::string_view pem) {
    const Owned<BIO> bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!bio) return {};
    Owned<EVP_PKEY> key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key || ::EVP_PKEY_is_a(key.get(), "EC") != 1) return {};
    std::array<char, 64> group = {};
    std::size_t size = 0;
    if (::EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &size) != 1) return {};
    if (std::string_view(group.data(), size) != "prime256v1") return {};
    return key;
}

/// r and s, 32 bytes each (RFC 7518, 3.4).
std::optional<std::string> sign_es256(EVP_PKEY* key, std::string_view text) {
    const Owned<EVP_MD_CTX> context(::EVP_MD_CTX_new());
    if (!context || ::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key) != 1) return std::nullopt;
    std::array<unsigned char, 128> der = {};
    std::size_t size = der.size();
    if (::EVP_DigestSign(context.get(), der.data(), &size, reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) return std::nullopt;
    const unsigned char* at = der.data();
    const Owned<ECDSA_SIG> signature(::d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
    if (!signature) return std::nullopt;
    const auto r = fixed(::ECDSA_SIG_get0_r(signature.get()));
    const auto s = fixed(::ECDSA_SIG_get0_s(signature.get()));
    if (!r || !s) return std::nullopt;
    return *r + *s;
}

}  // namespace

Result<std::string> dpop_proof(std::string_view private_key_pem, const DpopClaims& claims) {
    const ErrorInfo wrong{.code = ErrorCode::auth, .message = "the key (dpopKey) is no P-256 private key in PEM"};
    const Owned<EVP_PKEY> key = read_key(private_key_pem);
    // What OpenSSL remembers of a failure would otherwise show up in somebody else's.
    ::ERR_clear_error();
    if (!key) return wrong;
    const auto x = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    const auto y = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    if (!x || !y) return wrong;
    JsonWriter header;
    header.begin_object().field("typ", "dpop+jwt").field("alg", "ES256").key("jwk");
    header.begin_object().field("kty", "EC").field("crv", "P-256").field("x", base64url(*x)).field("y", base64url(*y)).end_object().end_object();
    JsonWriter body;
    body.begin_object().field("htm", claims.method).field("htu", claims.url).field("iat", claims.issued_at).field("jti", claims.id).end_object();
    std::string token = base64url(header.text()) + "." + base64url(body.text());
    const auto signature = sign_es256(key.get(), token);
    if (!signature) return wrong;
    return token + "." + base64url(*signature);
}

std::string uuid_of(std::string random) {
    random.resize(16);
    random[6] = static_cast<char>((static_cast<unsigned char>(random[6]) & 0x0FU) | 0x40U);
    random[8] = static_cast<char>((static_cast<unsigned char>(random[8]) & 0x3FU) | 0x80U);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (std::size_t at = 0; at < random.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) out += '-';
        const auto byte = static_cast<unsigned char>(random[at]);
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
    return out;
}

}  // namespace cortex::auth::aws
