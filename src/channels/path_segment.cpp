#include "channels/path_segment.hpp"

namespace cortex::channels {

std::string path_segment(std::string_view id) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(id.size() + 16);
    for (const char c : id) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~:@").find(c) != std::string_view::npos;
        if (plain) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4U]);
        out.push_back(digits[byte & 0xFU]);
    }
    return out;
}

}  // namespace cortex::channels
