#pragma once

#include "core/json.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace cortex::schema {

// Holds every 64-bit integer and every double, so that comparisons are exact.
using Wide = long double;
static_assert(std::numeric_limits<Wide>::digits >= 64);

/// The number's value; the JSON value must be one.
Wide wide(const JsonValue& number) noexcept;
/// A number without a fraction, however it is written: 3, 3.0, 3e0.
bool is_whole(const JsonValue& number) noexcept;
/// False for a text like 1e400, which has no place among doubles.
bool is_finite(const JsonValue& number) noexcept;

/// digits * 10^exponent, without a sign.
struct Decimal {
    std::uint64_t digits = 0;
    int exponent = 0;
};

/// A number's size as it was written. Fractions are taken to 15 digits, which is what a double keeps of any decimal text: so 0.0075
/// is 75e-4 and not the double's own 0.00749999999999999972.
Decimal decimal(const JsonValue& number);
/// Whether `number` is a whole multiple of `step`, by whole arithmetic. `step` is not zero.
bool is_multiple(const Decimal& number, const Decimal& step) noexcept;

}  // namespace cortex::schema
