#pragma once

#include "core/http.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace cortex::routing {

/// One of a vendor's rate limits. A part that was not sent, or makes no sense, is absent.
struct RateCounter {
    std::optional<std::int64_t> limit = {};
    std::optional<std::int64_t> remaining = {};
    /// From the answer's arrival until the limit is whole again: above 0, at most a day.
    std::optional<std::chrono::milliseconds> reset = {};

    /// Nothing remains, and when that ends is known. (Azure sends -1 and 0 without a time: unknown.)
    bool exhausted() const noexcept { return remaining == 0 && reset && limit.value_or(1) > 0; }
    friend bool operator==(const RateCounter&, const RateCounter&) = default;
};

struct RateLimits {
    RateCounter requests = {};
    RateCounter tokens = {};
    RateCounter input_tokens = {};
    RateCounter output_tokens = {};

    /// Until the last exhausted counter is whole again; nothing where none is exhausted.
    std::optional<std::chrono::milliseconds> exhausted_for() const noexcept;
    friend bool operator==(const RateLimits&, const RateLimits&) = default;
};

/// What an answer's head tells of rate limits: `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}` with
/// moments as resets, measured from the answer's own Date where it has one (a wrong clock of ours does not count), and
/// `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` with durations (`120ms`, `6m0s`, `1h2m3s`, or seconds).
RateLimits parse_rate_limits(const HttpHead& head);

}  // namespace cortex::routing
