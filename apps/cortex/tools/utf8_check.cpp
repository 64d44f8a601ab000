#include "tools/utf8_check.hpp"

namespace cortex::cli {
namespace {

/// Of a character by its first byte; 0 where no character begins so.
std::size_t length_of(unsigned char first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t whole_characters(std::string_view bytes) noexcept {
    for (std::size_t back = 1; back <= 4 && back <= bytes.size(); ++back) {
        const char byte = bytes[bytes.size() - back];
        if (continues(byte)) continue;
        return length_of(static_cast<unsigned char>(byte)) > back ? bytes.size() - back : bytes.size();
    }
    return bytes.size();
}

bool looks_binary(std::string_view bytes) noexcept {
    std::size_t foreign = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes[at] == '\0') return true;
        const std::size_t length = length_of(static_cast<unsigned char>(bytes[at]));
        std::size_t have = 1;
        while (have < length && at + have < bytes.size() && continues(bytes[at + have])) ++have;
        if (length == 0 || have < length) foreign += have;
        at += have;
    }
    return foreign * 20 > bytes.size();
}

}  // namespace cortex::cli
