#include "tls_support.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace cortex::net::test {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

Key new_key() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw std::runtime_error("no extension");
}

/// Null issuer: signed by itself, as a CA.
Certificate new_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    Certificate out(X509_new());
    X509_set_version(out.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 86400);
    X509_set_pubkey(out.get(), key);
    X509_NAME* const subject = X509_get_subject_name(out.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(out.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
    if (issuer == nullptr) {
        add_extension(out.get(), out.get(), NID_basic_constraints, "critical,CA:TRUE");
        add_extension(out.get(), out.get(), NID_key_usage, "critical,keyCertSign");
    } else {
        add_extension(out.get(), issuer, NID_subject_alt_name, "DNS:" + name);
    }
    if (X509_sign(out.get(), issuer_key, EVP_sha256()) == 0) throw std::runtime_error("no signature");
    return out;
}

class TlsStream final : public ByteStream {
public:
    explicit TlsStream(std::unique_ptr<SSL, Free> ssl) : ssl_(std::move(ssl)) {}
    std::size_t read(char* to, std::size_t size) override {
        std::size_t count = 0;
        return SSL_read_ex(ssl_.get(), to, size, &count) == 1 ? count : 0;
    }
    bool write(std::string_view bytes) override {
        std::size_t count = 0;
        return bytes.empty() || SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) == 1;
    }

private:
    std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace

struct TestAuthority::Keys {
    Key key = new_key();
    Certificate certificate = new_certificate("Test authority", key.get(), nullptr, key.get());
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "net-tests-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    {
        const std::unique_ptr<std::FILE, Free> out(std::fopen(file().c_str(), "w"));
        if (!out || PEM_write_X509(out.get(), keys_->certificate.get()) != 1) throw std::runtime_error("no CA file");
    }
    char hash[32];
    std::snprintf(hash, sizeof hash, "%08lx.0", X509_subject_name_hash(keys_->certificate.get()));
    std::filesystem::create_symlink("ca.pem", folder_ / hash);
}

TestAuthority::~TestAuthority() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

StreamFactory TestAuthority::tls_server(const std::string& name, int highest) const {
    const Key key = new_key();
    const Certificate certificate = new_certificate(name, key.get(), keys_->certificate.get(), keys_->key.get());
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), Free());
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    if (highest != 0) {
        SSL_CTX_set_security_level(context.get(), 0);  // the old versions are off at the usual one
        SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context.get(), highest);
        SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    }
    return [context](int fd) -> std::unique_ptr<ByteStream> {
        std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), fd);
        if (SSL_accept(ssl.get()) != 1) return nullptr;
        return std::make_unique<TlsStream>(std::move(ssl));
    };
}

}  // namespace cortex::net::test
