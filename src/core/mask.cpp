#include "core/mask.hpp"

#include <algorithm>

namespace cortex {

std::string mask_secret(std::string_view text, std::string_view secret) {
    constexpr std::size_t shortest_secret = 4;
    constexpr std::size_t slice = 8;
    if (secret.size() < shortest_secret || text.empty()) return std::string(text);
    const std::size_t window = std::min(slice, secret.size());
    std::string out;
    out.reserve(text.size());
    std::size_t i = 0;
    while (i < text.size()) {
        // The longest slice of the secret that begins here.
        std::size_t longest = 0;
        if (i + window <= text.size()) {
            for (std::size_t at = secret.find(text.substr(i, window)); at != std::string_view::npos;
                 at = secret.find(text.substr(i, window), at + 1)) {
                std::size_t n = window;
                while (i + n < text.size() && at + n < secret.size() && text[i + n] == secret[at + n]) ++n;
                longest = std::max(longest, n);
            }
        }
        if (longest == 0) {
            out.push_back(text[i++]);
            continue;
        }
        out += "<redacted>";
        i += longest;
    }
    return out;
}

}  // namespace cortex
