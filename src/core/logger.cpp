#include "core/logger.hpp"

#include "core/text.hpp"

#include <array>

namespace cortex {

std::optional<LogLevel> log_level(std::string_view word) noexcept {
    constexpr std::array<std::string_view, 6> words{"trace", "debug", "info", "warn", "error", "off"};
    for (std::size_t i = 0; i < words.size(); ++i)
        if (iequals(word, words[i])) return static_cast<LogLevel>(i);
    return std::nullopt;
}

}  // namespace cortex
