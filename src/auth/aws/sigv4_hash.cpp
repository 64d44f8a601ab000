#include "auth/aws/sigv4_hash.hpp"

#include "core/secret_access.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace cortex::auth::aws {
namespace {

constexpr std::size_t block_bytes = 64;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

// Fetched once: OpenSSL 3 looks an algorithm up anew each time that it is only named, which costs more than a small hash.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

/// SHA-256 of up to two pieces. OpenSSL fails here for want of memory only.
Digest hash(std::string_view first, std::string_view second = {}) {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    Digest out{};
    unsigned int size = 0;
    if (!context || algorithm() == nullptr || EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
        EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1)
        throw std::bad_alloc();
    return out;
}

/// A few keys: engines with several accounts or regions, and no more.
class KeyMemory {
public:
    KeyMemory() = default;
    KeyMemory(const KeyMemory&) = delete;
    KeyMemory& operator=(const KeyMemory&) = delete;
    ~KeyMemory() { OPENSSL_cleanse(entries_.data(), sizeof entries_); }

    const Digest* find(const Digest& name) const noexcept {
        for (std::size_t i = 0; i < used_; ++i)
            if (entries_[i].name == name) return &entries_[i].key;
        return nullptr;
    }
    void remember(const Digest& name, const Digest& key) noexcept {
        entries_[next_] = {name, key};
        next_ = (next_ + 1) % entries_.size();
        used_ = std::max(used_, next_ == 0 ? entries_.size() : next_);
    }

private:
    struct Entry {
        Digest name{};   ///< Hash of secret and scope.
        Digest key{};
    };
    std::array<Entry, 8> entries_{};
    std::size_t used_ = 0;
    std::size_t next_ = 0;
};

}  // namespace

Digest sha256(std::string_view text) { return hash(text); }

Digest hmac_sha256(std::string_view key, std::string_view text) {
    std::array<char, block_bytes> inner{};
    if (key.size() > block_bytes) {
        Digest shorter = hash(key);
        std::memcpy(inner.data(), shorter.data(), shorter.size());
        OPENSSL_cleanse(shorter.data(), shorter.size());
    } else {
        key.copy(inner.data(), key.size());
    }
    std::array<char, block_bytes> outer = inner;
    for (char& c : inner) c = static_cast<char>(c ^ 0x36);
    for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
    const Digest middle = hash({inner.data(), inner.size()}, text);
    const Digest out = hash({outer.data(), outer.size()}, bytes(middle));
    OPENSSL_cleanse(inner.data(), inner.size());
    OPENSSL_cleanse(outer.data(), outer.size());
    return out;
}

std::string hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(digest.size() * 2, '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        out[2 * i] = digits[digest[i] >> 4U];
        out[2 * i + 1] = digits[digest[i] & 15U];
    }
    return out;
}

Digest signing_key(std::string_view secret, std::string_view day, std::string_view region, std::string_view service) {
    thread_local KeyMemory memory;
    // None of the parts holds a line feed, so that no two sets of parts make one text.
    std::string whole;
    whole.reserve(4 + secret.size() + day.size() + region.size() + service.size() + 3);
    whole.append("AWS4").append(secret);
    const std::size_t secret_end = whole.size();
    whole.append("\n").append(day).append("\n").append(region).append("\n").append(service);
    const Digest name = hash(whole);
    Digest key{};
    if (const Digest* known = memory.find(name)) {
        key = *known;
    } else {
        key = hmac_sha256(std::string_view(whole).substr(0, secret_end), day);
        key = hmac_sha256(bytes(key), region);
        key = hmac_sha256(bytes(key), service);
        key = hmac_sha256(bytes(key), "aws4_request");
        memory.remember(name, key);
    }
    wipe(whole);
    return key;
}

}  // namespace cortex::auth::aws
