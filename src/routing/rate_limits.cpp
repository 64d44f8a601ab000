#include "routing/rate_limits.hpp"

#include "core/date_time.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace cortex::routing {
namespace {

using std::chrono::milliseconds;

/// No limit of any vendor lasts longer; what does is no time (an epoch, a counter in the wrong place).
constexpr double longest_reset_s = 86'400;

std::optional<std::int64_t> count(std::optional<std::string_view> header) {
    if (!header) return std::nullopt;
    const std::string_view text = trim(*header);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<milliseconds> sane(double seconds) {
    if (!std::isfinite(seconds) || seconds <= 0 || seconds > longest_reset_s) return std::nullopt;
    // 172.8 * 1000 is a hair above 172,800.
    return milliseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(seconds * 1000.0 - 1e-6))));
}

struct Unit {
    std::string_view name;
    double seconds;
};
// Longer names first where one begins with another.
constexpr std::array<Unit, 8> units{
    {{"ms", 1e-3}, {"us", 1e-6}, {"\xC2\xB5s", 1e-6}, {"\xCE\xBCs", 1e-6}, {"ns", 1e-9}, {"h", 3600}, {"m", 60}, {"s", 1}}};

/// `1h2m3.5s` as Go writes durations, or a plain number of seconds.
std::optional<milliseconds> duration(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    double sum = 0;
    bool first = true;
    while (!text.empty()) {
        if (text.front() < '0' || text.front() > '9') return std::nullopt;   // no sign, no "inf"
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
        if (error != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) return first ? sane(value) : std::nullopt;
        const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return text.starts_with(u.name); });
        if (unit == units.end()) return std::nullopt;
        text.remove_prefix(unit->name.size());
        sum += value * unit->seconds;
        first = false;
    }
    return sane(sum);
}

std::optional<milliseconds> moment(std::string_view text, WallTime now) {
    const auto when = parse_iso8601(trim(text));
    if (!when) return std::nullopt;
    return sane(std::chrono::duration<double>(*when - now).count());
}

RateCounter anthropic(const HttpHead& head, const std::string& what, WallTime now) {
    const std::string name = "anthropic-ratelimit-" + what;
    const auto reset = head.header(name + "-reset");
    return {.limit = count(head.header(name + "-limit")),
            .remaining = count(head.header(name + "-remaining")),
            .reset = reset ? moment(*reset, now) : std::nullopt};
}

RateCounter common(const HttpHead& head, const std::string& what) {
    const auto reset = head.header("x-ratelimit-reset-" + what);
    return {.limit = count(head.header("x-ratelimit-limit-" + what)),
            .remaining = count(head.header("x-ratelimit-remaining-" + what)),
            .reset = reset ? duration(*reset) : std::nullopt};
}

bool told(const RateCounter& counter) noexcept { return counter != RateCounter{}; }

}  // namespace

std::optional<milliseconds> RateLimits::exhausted_for() const noexcept {
    std::optional<milliseconds> longest;
    for (const RateCounter* counter : {&requests, &tokens, &input_tokens, &output_tokens})
        if (counter->exhausted()) longest = std::max(longest, counter->reset);
    return longest;
}

RateLimits parse_rate_limits(const HttpHead& head) {
    WallTime now = head.received_at;
    if (const auto date = head.header("date"))
        if (const auto sent = parse_http_date(*date)) now = *sent;
    const auto either = [&](const std::string& what) {
        const RateCounter own = anthropic(head, what, now);
        return told(own) ? own : common(head, what);
    };
    return {.requests = either("requests"), .tokens = either("tokens"), .input_tokens = either("input-tokens"), .output_tokens = either("output-tokens")};
}

}  // namespace cortex::routing
