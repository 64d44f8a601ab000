#include "telemetry/stderr_logger.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <iterator>

namespace cortex::telemetry {

void StderrLogger::write(LogLevel level, std::string_view message) noexcept {
    if (!enabled(level)) return;
    constexpr std::array<std::string_view, 6> names{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};
    try {
        fmt::memory_buffer line;
        const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(clock_.wall());
        fmt::format_to(std::back_inserter(line), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z cortex {} {}\n", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                       now.time_since_epoch().count() % 1000, names[static_cast<std::size_t>(level)], message);
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (...) {
        // Out of memory, while telling about something else: the something else matters more.
    }
}

}  // namespace cortex::telemetry
