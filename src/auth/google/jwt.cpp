#include "auth/google/jwt.hpp"

#include "core/base64.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <limits>

namespace cortex::auth::google {
namespace {

struct Release {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

ErrorInfo unusable(std::string_view where, std::string_view why, std::string_view remedy) {
    return {.code = ErrorCode::auth, .message = fmt::format("{} {}. {}", where, why, remedy)};
}

constexpr std::string_view take_new = "Create a new JSON key for the service account and use that file unchanged.";

/// OpenSSL asks here for the password of an encrypted key: there is none, and nobody may be asked at the terminal.
int no_password(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

std::string google_json(const std::vector<Claim>& claims) {
    std::string out = "{";
    for (const Claim& claim : claims) {
        if (out.size() > 1) out += ", ";
        append_json_string(out, claim.name);
        out += ": ";
        if (claim.is_text)
            append_json_string(out, claim.text);
        else
            out += fmt::format("{}", claim.number);
    }
    return out + "}";
}

}  // namespace

std::string base64url(std::string_view bytes) {
    std::string out = base64(bytes);
    while (!out.empty() && out.back() == '=') out.pop_back();
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

struct SigningKey::Key {
    Owned<EVP_PKEY> rsa;
};

Result<SigningKey> SigningKey::from_pem(std::string_view pem, std::string_view where) {
    if (pem.find("-----BEGIN ") == std::string_view::npos)
        return unusable(where, "is no PEM text (it has no line -----BEGIN PRIVATE KEY-----)", take_new);
    if (pem.find("ENCRYPTED") != std::string_view::npos)
        return unusable(where, "is encrypted with a password", "Put the key there without a password, as Google hands it out.");
    if (pem.find("PRIVATE KEY-----") == std::string_view::npos)
        return unusable(where, "holds no private key", take_new);
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) / 2)
        return unusable(where, "is too long for a key", take_new);

    ERR_clear_error();
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!bio) throw std::bad_alloc();
    bool asked = false;
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, &asked));
    ERR_clear_error();
    if (asked) return unusable(where, "is encrypted with a password", "Put the key there without a password, as Google hands it out.");
    if (!key) {
        // The usual cause: the JSON's \n were lost when the key was copied through a variable or a web form.
        const bool one_line = trim(pem).find('\n') == std::string_view::npos;
        return unusable(where, one_line ? "cannot be read: its line breaks are missing" : "cannot be read: it is cut off or damaged", take_new);
    }
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return unusable(where, "is no RSA key, and Google's token service takes RS256 signatures only", take_new);
    auto held = std::make_shared<Key>();
    held->rsa = std::move(key);
    return SigningKey(std::move(held));
}

Result<std::string> SigningKey::sign(std::string_view input) const {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    const auto* const bytes = reinterpret_cast<const unsigned char*>(input.data());
    std::size_t size = 0;
    std::string out;
    bool good = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->rsa.get()) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &size, bytes, input.size()) == 1;
    if (good) {
        out.resize(size);
        good = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, input.size()) == 1;
        out.resize(size);
    }
    ERR_clear_error();
    if (good) return out;
    return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("The service account's private key cannot sign. {}", take_new)};
}

Claim text_claim(std::string_view name, std::string value) { return {.name = name, .text = std::move(value), .number = 0, .is_text = true}; }

Claim time_claim(std::string_view name, WallTime when) {
    return {.name = name, .text = {}, .number = std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count(), .is_text = false};
}

Result<std::string> signed_token(const SigningKey& key, std::string_view key_id, const std::vector<Claim>& claims) {
    std::vector<Claim> header{text_claim("typ", "JWT"), text_claim("alg", "RS256")};
    if (!key_id.empty()) header.push_back(text_claim("kid", std::string(key_id)));
    std::string token = base64url(google_json(header)) + "." + base64url(google_json(claims));
    Result<std::string> signature = key.sign(token);
    if (!signature) return signature;
    return token + "." + base64url(*signature);
}

}  // namespace cortex::auth::google
