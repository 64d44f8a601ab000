#include "jwt.hpp"

#include "crypto.hpp"
#include "text_util.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace emulator {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* unsigned_data(std::string_view bytes) noexcept {
    return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}

void need(bool good, const char* what) {
    if (!good) {
        throw std::runtime_error(std::string("OpenSSL could not ") + what);
    }
}

std::string number_bytes(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    need(EVP_PKEY_get_bn_param(key, name, &number) == 1, "read an RSA key");
    std::string bytes(static_cast<std::size_t>((BN_num_bits(number) + 7) / 8), '\0');
    BN_bn2bin(number, static_cast<unsigned char*>(static_cast<void*>(bytes.data())));
    BN_free(number);
    return bytes;
}

std::optional<json::object> read_object(std::string_view encoded) {
    const std::optional<std::string> text = from_base64url(encoded);
    if (!text) {
        return std::nullopt;
    }
    boost::system::error_code error;
    json::value value = json::parse(*text, error);
    if (error || !value.is_object()) {
        return std::nullopt;
    }
    return std::move(value.get_object());
}

}  // namespace

std::string base64url(std::string_view bytes) {
    std::string text = base64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string plain(text);
    if (plain.find_first_of("+/=") != std::string::npos) {
        return std::nullopt;
    }
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return from_base64(plain);
}

struct RsaKey::Pair {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
    Pair() { need(key != nullptr, "make an RSA key"); }
    ~Pair() { EVP_PKEY_free(key); }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
};

RsaKey::RsaKey() = default;
RsaKey::~RsaKey() = default;

const RsaKey::Pair& RsaKey::pair() const {
    if (!pair_) {
        pair_ = std::make_unique<Pair>();
    }
    return *pair_;
}

std::string RsaKey::private_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    need(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio, pair().key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "write an RSA key");
    std::string pem;
    std::array<char, 512> part{};
    for (int count = 0; (count = BIO_read(bio, part.data(), static_cast<int>(part.size()))) > 0;) {
        pem.append(part.data(), static_cast<std::size_t>(count));
    }
    BIO_free(bio);
    return pem;
}

std::string RsaKey::sign(std::string_view text) const {
    const Context context(EVP_MD_CTX_new());
    std::size_t length = 0;
    need(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair().key) == 1 &&
             EVP_DigestSign(context.get(), nullptr, &length, unsigned_data(text), text.size()) == 1,
         "sign");
    std::string signature(length, '\0');
    need(EVP_DigestSign(context.get(), static_cast<unsigned char*>(static_cast<void*>(signature.data())), &length,
                        unsigned_data(text), text.size()) == 1,
         "sign");
    signature.resize(length);
    return signature;
}

bool RsaKey::verifies(std::string_view text, std::string_view signature) const {
    const Context context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pair().key) == 1 &&
           EVP_DigestVerify(context.get(), unsigned_data(signature), signature.size(), unsigned_data(text),
                            text.size()) == 1;
}

json::object RsaKey::public_jwk(std::string_view id) const {
    return {{"kty", "RSA"},
            {"use", "sig"},
            {"alg", "RS256"},
            {"kid", id},
            {"n", base64url(number_bytes(pair().key, OSSL_PKEY_PARAM_RSA_N))},
            {"e", base64url(number_bytes(pair().key, OSSL_PKEY_PARAM_RSA_E))}};
}

std::optional<Jwt> read_jwt(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '.');
    if (parts.size() != 3) {
        return std::nullopt;
    }
    std::optional<json::object> header = read_object(parts[0]);
    std::optional<json::object> claims = read_object(parts[1]);
    std::optional<std::string> signature = from_base64url(parts[2]);
    if (!header || !claims || !signature) {
        return std::nullopt;
    }
    return Jwt{std::move(*header), std::move(*claims), std::string(text.substr(0, text.rfind('.'))),
               std::move(*signature)};
}

std::string make_jwt(const json::object& claims, const RsaKey& key, std::string_view key_id) {
    const json::object header{{"alg", "RS256"}, {"kid", key_id}, {"typ", "JWT"}};
    std::string text = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    const std::string signature = base64url(key.sign(text));
    return text + "." + signature;
}

}  // namespace emulator
