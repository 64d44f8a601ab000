#include "schema/number.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace cortex::schema {
namespace {

__extension__ using Big = unsigned __int128;

std::uint64_t power_of_ten_modulo(int exponent, std::uint64_t modulus) noexcept {
    Big result = 1 % modulus, base = 10 % modulus;
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) result = result * base % modulus;
        base = base * base % modulus;
    }
    return static_cast<std::uint64_t>(result);
}

Decimal without_trailing_zeros(Decimal value) noexcept {
    if (value.digits == 0) return {};
    for (; value.digits % 10 == 0; value.digits /= 10) ++value.exponent;
    return value;
}

}  // namespace

Wide wide(const JsonValue& number) noexcept {
    if (const std::int64_t* whole = number.if_int64()) return static_cast<Wide>(*whole);
    if (const std::uint64_t* natural = number.if_uint64()) return static_cast<Wide>(*natural);
    const double* real = number.if_double();
    return real == nullptr ? 0 : static_cast<Wide>(*real);
}

bool is_whole(const JsonValue& number) noexcept {
    const double* real = number.if_double();
    return real == nullptr || (std::isfinite(*real) && std::trunc(*real) == *real);
}

bool is_finite(const JsonValue& number) noexcept {
    const double* real = number.if_double();
    return real == nullptr || std::isfinite(*real);
}

Decimal decimal(const JsonValue& number) {
    if (const std::int64_t* whole = number.if_int64()) {
        const auto bits = static_cast<std::uint64_t>(*whole);
        return without_trailing_zeros({*whole < 0 ? std::uint64_t{0} - bits : bits, 0});
    }
    if (const std::uint64_t* natural = number.if_uint64()) return without_trailing_zeros({*natural, 0});
    const double* real = number.if_double();
    if (real == nullptr || !std::isfinite(*real)) return {};
    char text[40];   // d.dddddddddddddde-308
    std::snprintf(text, sizeof text, "%.14e", std::abs(*real));
    Decimal value;
    const char* at = text;
    for (; *at != 'e' && *at != '\0'; ++at)
        if (*at >= '0' && *at <= '9') value.digits = value.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    value.exponent = (*at == 'e' ? std::atoi(at + 1) : 0) - 14;
    return without_trailing_zeros(value);
}

bool is_multiple(const Decimal& number, const Decimal& step) noexcept {
    if (number.digits == 0) return true;
    if (number.exponent >= step.exponent) {
        const Big factor = power_of_ten_modulo(number.exponent - step.exponent, step.digits);
        return number.digits % step.digits * factor % step.digits == 0;
    }
    // The step has the larger exponent: the number, whose last digit is no zero, cannot be a multiple of ten.
    return false;
}

}  // namespace cortex::schema
