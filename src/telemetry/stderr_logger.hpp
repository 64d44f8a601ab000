#pragma once

#include "core/clock.hpp"
#include "core/logger.hpp"

namespace cortex::telemetry {

/// Writes one line a message to standard error: UTC time, level, text. A line is one system call, so that lines of several
/// threads do not mix. Failures are ignored: a log that cannot be written never fails a turn.
class StderrLogger final : public Logger {
public:
    StderrLogger(LogLevel least, const Clock& clock) noexcept : least_(least), clock_(clock) {}
    bool enabled(LogLevel level) const noexcept override { return level >= least_ && least_ != LogLevel::off; }
    void write(LogLevel level, std::string_view message) noexcept override;

private:
    const LogLevel least_;
    const Clock& clock_;
};

}  // namespace cortex::telemetry
