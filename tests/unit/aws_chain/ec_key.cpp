#include "ec_key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <vector>

namespace cortex::test {

Key make_ec_key(const char* curve) { return Key(EVP_EC_gen(curve)); }

std::string private_pem(EVP_PKEY* key, PemForm form) {
    BIO* bio = ::BIO_new(::BIO_s_mem());
    if (form == PemForm::sec1)
        ::PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    else
        ::PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    char buffer[4096];
    const int size = ::BIO_read(bio, buffer, sizeof buffer);
    ::BIO_free(bio);
    return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
}

std::string from_base64url(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t missing = (4 - text.size() % 4) % 4;
    text.append(missing, '=');
    std::string out(text.size(), '\0');
    const int size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    out.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - missing);
    return out;
}

bool verify_es256(EVP_PKEY* key, const std::string& text, const std::string& signature) {
    if (signature.size() != 64) return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* pair = ::ECDSA_SIG_new();
    ::ECDSA_SIG_set0(pair, ::BN_bin2bn(bytes, 32, nullptr), ::BN_bin2bn(bytes + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int size = ::i2d_ECDSA_SIG(pair, &der);
    EVP_MD_CTX* context = ::EVP_MD_CTX_new();
    const bool good = ::EVP_DigestVerifyInit(context, nullptr, ::EVP_sha256(), nullptr, key) == 1 &&
                      ::EVP_DigestVerify(context, der, static_cast<std::size_t>(size), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    ::EVP_MD_CTX_free(context);
    ::OPENSSL_free(der);
    ::ECDSA_SIG_free(pair);
    return good;
}

}  // namespace cortex::test
