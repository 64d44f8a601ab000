#include "aws_dpop.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>

namespace emulator {

namespace {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;

const unsigned char* unsigned_data(std::string_view bytes) noexcept {
    return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}

// ASN.1 as OpenSSL wants it, from the raw r and s of a web token.
std::string der_signature(std::string_view raw) {
    const std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(unsigned_data(raw.substr(0, 32)), 32, nullptr);
    BIGNUM* s = BN_bin2bn(unsigned_data(raw.substr(32)), 32, nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    unsigned char* bytes = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &bytes);
    std::string der(static_cast<const char*>(static_cast<const void*>(bytes)), static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
    return der;
}

Key public_key(const std::string& point) {
    const std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    const std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) == 1) {
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
    }
    return Key(key);  // null for a point that is not on the curve
}

}  // namespace

std::string new_p256_pem() {
    const Key key(EVP_EC_gen("P-256"));
    const std::unique_ptr<BIO, Freer<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
    if (!key || PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        throw std::runtime_error("no P-256 key could be made");
    }
    char* text = nullptr;
    const long length = BIO_ctrl(memory.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
    return std::string(text, static_cast<std::size_t>(length));
}

bool verifies_es256(const Jwt& token, const json::object& jwk) {
    const std::optional<std::string> x = from_base64url(text_of(jwk, "x"));
    const std::optional<std::string> y = from_base64url(text_of(jwk, "y"));
    if (text_of(token.header, "alg") != "ES256" || text_of(jwk, "kty") != "EC" || text_of(jwk, "crv") != "P-256" ||
        !x || !y || x->size() != 32 || y->size() != 32 || token.signature.size() != 64) {
        return false;
    }
    const Key key = public_key("\x04" + *x + *y);
    const Context context(EVP_MD_CTX_new());
    const std::string der = der_signature(token.signature);
    return key && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), unsigned_data(der), der.size(), unsigned_data(token.signed_text),
                            token.signed_text.size()) == 1;
}

}  // namespace emulator
