#pragma once

#include <optional>
#include <string_view>

namespace cortex {

enum class LogLevel { trace, debug, info, warn, error, off };

/// "trace", "debug", ... in any case; nothing for another word.
std::optional<LogLevel> log_level(std::string_view word) noexcept;

/// Where the library tells what it does. Messages never hold a secret, a prompt or an answer.
/// Threads: called from any.
struct Logger {
    virtual ~Logger() = default;
    virtual bool enabled(LogLevel level) const noexcept = 0;
    virtual void write(LogLevel level, std::string_view message) noexcept = 0;
};

}  // namespace cortex
