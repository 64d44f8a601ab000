#pragma once

#include "core/http.hpp"
#include "core/rng.hpp"

#include <chrono>
#include <optional>

namespace cortex::routing {

struct RetryPolicy {
    int max_retries = 2;                                      ///< As the vendors' own SDKs.
    std::chrono::milliseconds retry_after_cap{120'000};       ///< A longer wish of the server ends the call.
};

/// The pause that the server asks for: `retry-after-ms` or AWS's `x-amz-retry-after` in milliseconds, else `retry-after` in seconds or as an HTTP date measured from the
/// head's arrival. Nothing where it asks for none, or for none that lies ahead.
std::optional<std::chrono::milliseconds> retry_after(const HttpHead& head);

/// The pause before repeat number `repeat` (0, 1, ...) where the server asked for none: 0.5 s doubling up to 8 s, less up to
/// a quarter at random, so that clients that failed together do not come back together (the vendors' SDKs: same figures).
std::chrono::milliseconds backoff(int repeat, Rng& rng);

}  // namespace cortex::routing
