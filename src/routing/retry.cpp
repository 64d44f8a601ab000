#include "routing/retry.hpp"

#include "core/date_time.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace cortex::routing {
namespace {

using std::chrono::milliseconds;

/// More than any pause that is meant seriously; keeps the arithmetic below from overflowing.
constexpr double longest_ms = 1e12;

std::optional<milliseconds> positive_ms(std::string_view text, double unit_ms) {
    text = trim(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(value) || value <= 0) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(std::ceil(std::min(value * unit_ms, longest_ms))));
}

}  // namespace

std::optional<milliseconds> retry_after(const HttpHead& head) {
    for (const std::string_view name : {"retry-after-ms", "x-amz-retry-after"})
        if (const auto ms = head.header(name))
            if (const auto pause = positive_ms(*ms, 1.0)) return pause;
    const auto value = head.header("retry-after");
    if (!value) return std::nullopt;
    if (const auto pause = positive_ms(*value, 1000.0)) return pause;
    if (const auto date = parse_http_date(*value); date && *date > head.received_at)
        return std::chrono::ceil<milliseconds>(*date - head.received_at);
    return std::nullopt;
}

milliseconds backoff(int repeat, Rng& rng) {
    const double seconds = std::min(0.5 * std::pow(2.0, repeat), 8.0) * (1.0 - 0.25 * rng.unit());
    return milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000.0)));
}

}  // namespace cortex::routing
