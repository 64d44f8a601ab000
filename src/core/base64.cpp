#include "core/base64.hpp"

#include <array>
#include <cstdint>
#include <openssl/evp.h>

namespace cortex {

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

namespace {

constexpr std::uint8_t no_digit = 64;

constexpr std::array<std::uint8_t, 256> make_digits() {
    std::array<std::uint8_t, 256> digits{};
    for (std::uint8_t& digit : digits) digit = no_digit;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i) digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}
constexpr std::array<std::uint8_t, 256> digits = make_digits();

}  // namespace

bool append_from_base64(std::string_view text, std::string& out) {
    if (text.size() % 4 != 0) return false;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const std::size_t before = out.size();
    out.resize(before + text.size() / 4 * 3);
    char* to = out.data() + before;
    std::uint8_t wrong = 0;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::array<std::uint8_t, 4> d{};
        for (std::size_t k = 0; k < 4; ++k) {
            const bool padded = i + k >= text.size() - padding;
            d[k] = padded ? std::uint8_t{0} : digits[static_cast<unsigned char>(text[i + k])];
        }
        wrong = static_cast<std::uint8_t>(wrong | d[0] | d[1] | d[2] | d[3]);
        const std::uint32_t bits = (std::uint32_t{d[0]} << 18U) | (std::uint32_t{d[1]} << 12U) | (std::uint32_t{d[2]} << 6U) | d[3];
        *to++ = static_cast<char>((bits >> 16U) & 0xFFU);
        *to++ = static_cast<char>((bits >> 8U) & 0xFFU);
        *to++ = static_cast<char>(bits & 0xFFU);
    }
    if ((wrong & no_digit) != 0) {
        out.resize(before);
        return false;
    }
    out.resize(out.size() - padding);
    return true;
}

}  // namespace cortex
