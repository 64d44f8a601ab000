#pragma once
// What a cloud takes for the time, which tests may move, and the forms in which it is written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

/// Seconds since 1970 as the service sees them; a control route may move it away from the client's clock.
class MovedClock {
public:
    [[nodiscard]] std::int64_t now() const;
    void move(std::int64_t seconds) noexcept { offset_ = seconds; }
    [[nodiscard]] std::int64_t offset() const noexcept { return offset_; }

private:
    std::int64_t offset_ = 0;
};

[[nodiscard]] std::string amz_time(std::int64_t seconds);   ///< 20150830T123600Z
[[nodiscard]] std::string iso_time(std::int64_t seconds);   ///< 2015-08-30T12:36:00Z
[[nodiscard]] std::string http_time(std::int64_t seconds);  ///< Sun, 30 Aug 2015 12:36:00 GMT

/// Nothing unless the text is exactly a moment in the form of amz_time.
[[nodiscard]] std::optional<std::int64_t> read_amz_time(std::string_view text);

}  // namespace emulator
