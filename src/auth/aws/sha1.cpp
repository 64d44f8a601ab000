#include "auth/aws/sha1.hpp"

#include <openssl/evp.h>

#include <array>

namespace cortex::auth::aws {

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes = {};
    unsigned int size = 0;
    if (::EVP_Digest(text.data(), text.size(), bytes.data(), &size, ::EVP_sha1(), nullptr) != 1) return {};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned int at = 0; at < size; ++at) {
        out += digits[bytes[at] >> 4U];
        out += digits[bytes[at] & 0xFU];
    }
    return out;
}

}  // namespace cortex::auth::aws
