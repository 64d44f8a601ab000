#pragma once

#include <string>

namespace cortex::cli {

__extension__ typedef __int128 WideInt;

/// Why an operation has no value.
struct CalcFailure {
    std::string reason;
};

/// An exact integer where one fits 128 bits, else the nearest long double. Operations throw CalcFailure.
class Number {
public:
    static Number exact(WideInt value);
    /// A value that is no number, or too large for one, is a CalcFailure.
    static Number real(long double value);
    /// As `real`, but exact where the value is whole and small enough to have been exact before.
    static Number whole_if_exact(long double value);

    bool is_exact() const noexcept { return exact_; }
    WideInt integer() const noexcept { return integer_; }
    long double value() const noexcept;
    bool is_zero() const noexcept { return value() == 0.0L; }

    /// As few digits as tell the value, at most 18; of a value that never ends, 15.
    std::string text() const;

private:
    bool exact_ = true;
    WideInt integer_ = 0;
    long double real_ = 0.0L;
};

Number operator+(const Number& a, const Number& b);
Number operator-(const Number& a, const Number& b);
Number operator*(const Number& a, const Number& b);
Number operator/(const Number& a, const Number& b);
Number negated(const Number& a);
/// The remainder, with the sign of the divisor: -7 % 3 is 2.
Number modulo(const Number& a, const Number& b);
Number power(const Number& base, const Number& exponent);
Number factorial(const Number& a);
bool less(const Number& a, const Number& b);

/// The whole number that a result means: computing leaves a trace in the last of its digits, so 3.0000000000000000002 is 3.
long double without_noise(long double value);

}  // namespace cortex::cli
