#include "gemini_bytes.hpp"

#include "crypto.hpp"

#include <algorithm>

namespace emulator {

std::optional<std::string> bytes_of_any_base64(std::string_view text) {
    if (text.empty()) {
        return std::string();
    }
    const std::size_t end = std::min(text.find('='), text.size());
    if (text.find_first_not_of('=', end) != std::string_view::npos) {
        return std::nullopt;
    }
    std::string plain(text.substr(0, end));
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return plain.size() >= text.size() ? from_base64(plain) : std::nullopt;
}

}  // namespace emulator
