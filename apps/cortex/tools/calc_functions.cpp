#include "tools/calc_functions.hpp"

#include "tools/calculator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace cortex::cli {
namespace {

using Arguments = std::span<const Number>;

constexpr std::size_t many = 1000;

[[noreturn]] void fail(std::string reason) { throw CalcFailure{std::move(reason)}; }

/// A function of one real number.
template <long double (*function)(long double)>
Number of_real(Arguments in) {
    return Number::real(function(in[0].value()));
}

/// The same where the argument was rounded: what the rounding alone could have made is 0. sin(pi) is 0.
template <long double (*function)(long double)>
Number of_angle(Arguments in) {
    const long double angle = in[0].value();
    const long double result = function(angle);
    const long double doubt = 4.0L * std::numeric_limits<long double>::epsilon() * std::fabs(angle);
    return std::fabs(result) <= doubt && angle != 0.0L ? Number::exact(0)
                                                       : Number::whole_if_exact(without_noise(result));
}

Number tangent(Arguments in) {
    const Number cosine = of_angle<std::cos>(in);
    if (cosine.is_zero()) fail("the tangent has no value there");
    return of_angle<std::tan>(in);
}

Number inverse_within_one(Arguments in, long double (*function)(long double)) {
    if (std::fabs(in[0].value()) > 1.0L) fail("its argument must be between -1 and 1");
    return Number::real(function(in[0].value()));
}

Number square_root(Arguments in) {
    if (in[0].value() < 0.0L) fail("a negative number has no real square root");
    const long double root = std::sqrt(in[0].value());
    if (in[0].is_exact()) {
        const Number whole = Number::exact(static_cast<WideInt>(std::nearbyint(root)));
        const Number square = whole * whole;
        if (square.is_exact() && square.integer() == in[0].integer()) return whole;
    }
    return Number::real(root);
}

Number cube_root(Arguments in) { return Number::whole_if_exact(without_noise(std::cbrt(in[0].value()))); }

long double positive(const Number& number) {
    if (!(number.value() > 0.0L)) fail("a logarithm takes a number above 0");
    return number.value();
}

Number logarithm(Arguments in) {
    const long double value = std::log(positive(in[0]));
    if (in.size() == 1) return Number::real(value);
    const long double base = std::log(positive(in[1]));
    if (base == 0.0L) fail("the base of a logarithm is not 1");
    return Number::whole_if_exact(without_noise(value / base));
}

Number logarithm_10(Arguments in) { return Number::whole_if_exact(std::log10(positive(in[0]))); }
Number logarithm_2(Arguments in) { return Number::whole_if_exact(std::log2(positive(in[0]))); }

template <long double (*function)(long double)>
Number to_whole(Arguments in) {
    if (in[0].is_exact()) return in[0];
    return Number::whole_if_exact(function(without_noise(in[0].value())));
}

/// Halves go away from zero. A second argument tells how many decimals stay.
Number round_to(Arguments in) {
    if (in.size() == 1) return to_whole<std::round>(in);
    const long double decimals = in[1].value();
    if (std::trunc(decimals) != decimals || std::fabs(decimals) > 30.0L)
        fail("its second argument is a whole number of decimals from -30 to 30");
    if (in[0].is_exact() && decimals >= 0.0L) return in[0];
    const long double scale = std::pow(10.0L, std::fabs(decimals));
    const long double scaled = decimals < 0.0L ? in[0].value() / scale : in[0].value() * scale;
    // 2.675 has no exact value; what lies within the noise of a half is a half.
    const long double whole = std::round(
        scaled + std::copysign(std::fabs(scaled) * 4.0L * std::numeric_limits<long double>::epsilon(), scaled));
    return Number::whole_if_exact(decimals < 0.0L ? whole * scale : whole / scale);
}

Number absolute(Arguments in) { return in[0].value() < 0.0L ? negated(in[0]) : in[0]; }
Number sign(Arguments in) { return Number::exact(in[0].value() > 0.0L ? 1 : in[0].value() < 0.0L ? -1 : 0); }
Number smallest(Arguments in) { return *std::min_element(in.begin(), in.end(), less); }
Number largest(Arguments in) { return *std::max_element(in.begin(), in.end(), less); }

Number sum(Arguments in) {
    Number total = Number::exact(0);
    for (const Number& number : in) total = total + number;
    return total;
}

Number mean(Arguments in) { return sum(in) / Number::exact(static_cast<WideInt>(in.size())); }

WideInt whole(const Number& number) {
    if (!number.is_exact()) fail("its arguments are whole numbers");
    return number.integer();
}

WideInt common_divisor(WideInt a, WideInt b) {
    while (b != 0) {
        const WideInt rest = b == -1 ? 0 : a % b;
        a = b;
        b = rest;
    }
    return a;
}

Number greatest_common_divisor(Arguments in) {
    Number result = Number::exact(0);
    for (const Number& number : in) {
        result = Number::exact(common_divisor(result.integer(), whole(number)));
        result = absolute({&result, 1});
        if (!result.is_exact()) fail("the result is too large");
    }
    return result;
}

Number least_common_multiple(Arguments in) {
    Number result = Number::exact(1);
    for (const Number& number : in) {
        if (whole(number) == 0) return Number::exact(0);
        const std::array<Number, 2> pair{result, number};
        result = result / greatest_common_divisor(pair) * number;
        result = absolute({&result, 1});
        if (!result.is_exact()) fail("the result is too large");
    }
    return result;
}

constexpr std::array functions{
    CalcFunction{"abs", 1, 1, absolute},
    CalcFunction{"acos", 1, 1, [](Arguments in) { return inverse_within_one(in, std::acos); }},
    CalcFunction{"asin", 1, 1, [](Arguments in) { return inverse_within_one(in, std::asin); }},
    CalcFunction{"atan", 1, 1, of_real<std::atan>},
    CalcFunction{"atan2", 2, 2, [](Arguments in) { return Number::real(std::atan2(in[0].value(), in[1].value())); }},
    CalcFunction{"cbrt", 1, 1, cube_root},
    CalcFunction{"ceil", 1, 1, to_whole<std::ceil>},
    CalcFunction{"cos", 1, 1, of_angle<std::cos>},
    CalcFunction{"cosh", 1, 1, of_real<std::cosh>},
    CalcFunction{"degrees", 1, 1,
                 [](Arguments in) {
                     return Number::whole_if_exact(
                         without_noise(in[0].value() * 180.0L / std::numbers::pi_v<long double>));
                 }},
    CalcFunction{"exp", 1, 1, of_real<std::exp>},
    CalcFunction{"factorial", 1, 1, [](Arguments in) { return factorial(in[0]); }},
    CalcFunction{"floor", 1, 1, to_whole<std::floor>},
    CalcFunction{"gcd", 1, many, greatest_common_divisor},
    CalcFunction{
        "hypot", 2, 2,
        [](Arguments in) { return Number::whole_if_exact(without_noise(std::hypot(in[0].value(), in[1].value()))); }},
    CalcFunction{"lcm", 1, many, least_common_multiple},
    CalcFunction{"ln", 1, 1, [](Arguments in) { return logarithm(in); }},
    CalcFunction{"log", 1, 2, logarithm},
    CalcFunction{"log10", 1, 1, logarithm_10},
    CalcFunction{"log2", 1, 1, logarithm_2},
    CalcFunction{"max", 1, many, largest},
    CalcFunction{"mean", 1, many, mean},
    CalcFunction{"min", 1, many, smallest},
    CalcFunction{"mod", 2, 2, [](Arguments in) { return modulo(in[0], in[1]); }},
    CalcFunction{"pow", 2, 2, [](Arguments in) { return power(in[0], in[1]); }},
    CalcFunction{"radians", 1, 1,
                 [](Arguments in) { return Number::real(in[0].value() * std::numbers::pi_v<long double> / 180.0L); }},
    CalcFunction{"round", 1, 2, round_to},
    CalcFunction{"sign", 1, 1, sign},
    CalcFunction{"sin", 1, 1, of_angle<std::sin>},
    CalcFunction{"sinh", 1, 1, of_real<std::sinh>},
    CalcFunction{"sqrt", 1, 1, square_root},
    CalcFunction{"sum", 1, many, sum},
    CalcFunction{"tan", 1, 1, tangent},
    CalcFunction{"tanh", 1, 1, of_real<std::tanh>},
    CalcFunction{"trunc", 1, 1, to_whole<std::trunc>},
};

}  // namespace

const CalcFunction* find_calc_function(std::string_view name) {
    const auto* found =
        std::find_if(functions.begin(), functions.end(), [&](const CalcFunction& f) { return f.name == name; });
    return found == functions.end() ? nullptr : found;
}

std::optional<Number> find_calc_constant(std::string_view name) {
    if (name == "pi") return Number::real(std::numbers::pi_v<long double>);
    if (name == "e") return Number::real(std::numbers::e_v<long double>);
    if (name == "tau") return Number::real(2.0L * std::numbers::pi_v<long double>);
    return std::nullopt;
}

std::string calculator_vocabulary() {
    std::string names;
    for (const CalcFunction& function : functions) names += std::string(function.name) + ", ";
    return names + "pi, e, tau";
}

}  // namespace cortex::cli
