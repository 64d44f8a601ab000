#include "tools/calc_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace cortex::cli {
namespace {

constexpr long double noise = 4.0L * std::numeric_limits<long double>::epsilon();
/// 2^63: whole long doubles below it are exact.
constexpr long double exact_limit = 9223372036854775808.0L;

std::string integer_text(WideInt value) {
    if (value == 0) return "0";
    // Digits of the negative, which has one value more than the positive.
    std::string digits;
    for (WideInt rest = value > 0 ? -value : value; rest != 0; rest /= 10)
        digits += static_cast<char>('0' - static_cast<int>(rest % 10));
    if (value < 0) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

/// "d.dddde+XX" with so many digits.
std::string scientific(long double value, int digits) {
    std::array<char, 64> text;
    const auto [end, failure] =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, digits - 1);
    return failure == std::errc() ? std::string(text.data(), end) : std::string("0e+00");
}

long double read_back(const std::string& text) {
    long double value = 0.0L;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// The scientific notation of a number as people write it: 1.5e+02 becomes 150.
std::string laid_out(const std::string& scientific_text) {
    const std::size_t mark = scientific_text.find('e');
    std::string digits;
    const bool negative = scientific_text.front() == '-';
    for (const char c : std::string_view(scientific_text).substr(0, mark))
        if (c >= '0' && c <= '9') digits += c;
    int exponent = 0;
    const char* from = scientific_text.data() + mark + 1;
    if (*from == '+') ++from;
    std::from_chars(from, scientific_text.data() + scientific_text.size(), exponent);
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back();

    std::string out = negative ? "-" : "";
    if (exponent < -7 || exponent > 20) {
        out += digits.substr(0, 1);
        if (digits.size() > 1) out += "." + digits.substr(1);
        return out + "e" + (exponent < 0 ? "" : "+") + std::to_string(exponent);
    }
    if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0');
    return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string real_text(long double value) {
    if (value == 0.0L) return "0";
    for (int digits = 1; digits <= 18; ++digits) {
        const std::string text = scientific(value, digits);
        if (std::fabs(read_back(text) - value) <= std::fabs(value) * noise) return laid_out(text);
    }
    return laid_out(scientific(value, 15));
}

[[noreturn]] void fail(std::string reason) { throw CalcFailure{std::move(reason)}; }

/// What is left of two numbers that were meant to be equal (0.3 - 0.1 * 3) is noise.
Number without_rest(long double result, const Number& a, const Number& b) {
    const long double larger = std::max(std::fabs(a.value()), std::fabs(b.value()));
    return std::fabs(result) <= larger * noise ? Number::exact(0) : Number::real(result);
}

}  // namespace

Number Number::exact(WideInt value) {
    Number number;
    number.integer_ = value;
    return number;
}

Number Number::real(long double value) {
    if (std::isnan(value)) fail("the result is not a number");
    if (std::isinf(value)) fail("the result is too large");
    Number number;
    number.exact_ = false;
    number.real_ = value;
    return number;
}

Number Number::whole_if_exact(long double value) {
    if (std::fabs(value) < exact_limit && std::trunc(value) == value) return exact(static_cast<WideInt>(value));
    return real(value);
}

long double Number::value() const noexcept { return exact_ ? static_cast<long double>(integer_) : real_; }

std::string Number::text() const { return exact_ ? integer_text(integer_) : real_text(real_); }

long double without_noise(long double value) {
    const long double nearest = std::nearbyint(value);
    return std::fabs(value - nearest) <= std::fabs(value) * noise ? nearest : value;
}

Number operator+(const Number& a, const Number& b) {
    WideInt sum = 0;
    if (a.is_exact() && b.is_exact() && !__builtin_add_overflow(a.integer(), b.integer(), &sum))
        return Number::exact(sum);
    return without_rest(a.value() + b.value(), a, b);
}

Number operator-(const Number& a, const Number& b) {
    WideInt difference = 0;
    if (a.is_exact() && b.is_exact() && !__builtin_sub_overflow(a.integer(), b.integer(), &difference))
        return Number::exact(difference);
    return without_rest(a.value() - b.value(), a, b);
}

Number operator*(const Number& a, const Number& b) {
    WideInt product = 0;
    if (a.is_exact() && b.is_exact() && !__builtin_mul_overflow(a.integer(), b.integer(), &product))
        return Number::exact(product);
    return Number::real(a.value() * b.value());
}

Number operator/(const Number& a, const Number& b) {
    if (b.is_zero()) fail("division by zero");
    // The smallest integer by -1 is the one quotient that does not fit.
    if (a.is_exact() && b.is_exact() && b.integer() != -1 && a.integer() % b.integer() == 0)
        return Number::exact(a.integer() / b.integer());
    return b.is_exact() && b.integer() == -1 ? negated(a) : Number::real(a.value() / b.value());
}

Number negated(const Number& a) { return Number::exact(0) - a; }

Number modulo(const Number& a, const Number& b) {
    if (b.is_zero()) fail("remainder of a division by zero");
    if (a.is_exact() && b.is_exact()) {
        if (b.integer() == -1) return Number::exact(0);
        const WideInt rest = a.integer() % b.integer();
        return Number::exact(rest != 0 && (rest < 0) != (b.integer() < 0) ? rest + b.integer() : rest);
    }
    const long double quotient = std::floor(without_noise(a.value() / b.value()));
    return a - b * Number::whole_if_exact(quotient);
}

Number power(const Number& base, const Number& exponent) {
    if (base.is_zero() && exponent.value() < 0.0L) fail("division by zero, as 0 has no negative power");
    if (base.value() < 0.0L && std::trunc(exponent.value()) != exponent.value())
        fail("a negative number has no power that is not whole");
    if (base.is_exact() && exponent.is_exact() && exponent.integer() >= 0) {
        const WideInt b = base.integer();
        if (b == 0 || b == 1) return Number::exact(exponent.integer() == 0 ? 1 : b);
        if (b == -1) return Number::exact(exponent.integer() % 2 == 0 ? 1 : -1);
        WideInt result = 1;
        bool fits = exponent.integer() < 128;
        for (WideInt left = exponent.integer(); fits && left > 0; --left)
            fits = !__builtin_mul_overflow(result, b, &result);
        if (fits) return Number::exact(result);
    }
    return Number::real(std::pow(base.value(), exponent.value()));
}

Number factorial(const Number& a) {
    const long double wish = a.value();
    if (wish < 0.0L || std::trunc(wish) != wish) fail("the factorial takes a whole number from 0");
    if (wish > 1754.0L) fail("the result is too large");
    Number result = Number::exact(1);
    for (int factor = 2; factor <= static_cast<int>(wish); ++factor) result = result * Number::exact(factor);
    return result;
}

bool less(const Number& a, const Number& b) {
    return a.is_exact() && b.is_exact() ? a.integer() < b.integer() : a.value() < b.value();
}

}  // namespace cortex::cli
