#pragma once

#include <cstdint>

namespace cortex {

/// Tokens of one call, or a sum of calls. The three input counts do not overlap.
struct Usage {
    std::int64_t input = 0;            ///< Input that was neither read from nor written to a cache.
    std::int64_t cache_read = 0;
    std::int64_t cache_write_5m = 0;
    std::int64_t cache_write_1h = 0;
    std::int64_t output = 0;           ///< Thinking included.
    std::int64_t thinking = 0;         ///< Part of `output`, where the vendor tells.

    std::int64_t cache_write() const noexcept { return cache_write_5m + cache_write_1h; }
    std::int64_t total_input() const noexcept { return input + cache_read + cache_write(); }
    std::int64_t total() const noexcept { return total_input() + output; }
    Usage& operator+=(const Usage& other) noexcept {
        input += other.input;
        cache_read += other.cache_read;
        cache_write_5m += other.cache_write_5m;
        cache_write_1h += other.cache_write_1h;
        output += other.output;
        thinking += other.thinking;
        return *this;
    }
    friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace cortex
