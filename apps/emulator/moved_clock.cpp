#include "moved_clock.hpp"

#include <chrono>
#include <ctime>

namespace emulator {

namespace {

std::string formatted(std::int64_t seconds, const char* format) {
    const std::time_t moment = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&moment, &parts);
    char text[64];
    return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

}  // namespace

std::int64_t MovedClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count() + offset_;
}

std::string amz_time(std::int64_t seconds) { return formatted(seconds, "%Y%m%dT%H%M%SZ"); }
std::string iso_time(std::int64_t seconds) { return formatted(seconds, "%Y-%m-%dT%H:%M:%SZ"); }
std::string http_time(std::int64_t seconds) { return formatted(seconds, "%a, %d %b %Y %H:%M:%S GMT"); }

std::optional<std::int64_t> read_amz_time(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%Y%m%dT%H%M%SZ", &parts);
    if (end == nullptr || *end != '\0' || text.size() != 16) {
        return std::nullopt;
    }
    const auto seconds = static_cast<std::int64_t>(timegm(&parts));
    return amz_time(seconds) == text ? std::optional(seconds) : std::nullopt;  // 31 February is not 3 March
}

}  // namespace emulator
