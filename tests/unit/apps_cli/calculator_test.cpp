#include "tools/calculator.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cortex::cli {
namespace {

struct Case {
    const char* expression;
    const char* expected;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.expression; }

class CalculatorValue : public testing::TestWithParam<Case> {};
TEST_P(CalculatorValue, is_what_it_should_be) {
    const Calculation got = calculate(GetParam().expression);
    EXPECT_TRUE(got.ok) << got.text;
    EXPECT_EQ(got.text, GetParam().expected) << GetParam().expression;
}
INSTANTIATE_TEST_SUITE_P(
    integers, CalculatorValue,
    testing::Values(Case{"1+1", "2"}, Case{" 2 + 3 * 4 ", "14"}, Case{"(2+3)*4", "20"}, Case{"7-10", "-3"},
                    Case{"2^10", "1024"}, Case{"2**10", "1024"}, Case{"2^3^2", "512"}, Case{"-2^2", "-4"},
                    Case{"(-2)^2", "4"}, Case{"2^-1", "0.5"}, Case{"--3", "3"}, Case{"-+-3", "3"}, Case{"2*-3", "-6"},
                    Case{"7%3", "1"}, Case{"-7%3", "2"}, Case{"7%-3", "-2"}, Case{"6/3", "2"}, Case{"6/4", "1.5"},
                    Case{"0x1F + 1", "32"}, Case{"5!", "120"}, Case{"3!!", "720"}, Case{"2^3!", "64"},
                    Case{"-3!", "-6"}, Case{"factorial(20)", "2432902008176640000"},
                    Case{"30!", "265252859812191058636308480000000"}, Case{"2^100", "1267650600228229401496703205376"},
                    Case{"9007199254740993 * 3", "27021597764222979"},
                    Case{"123456789012345678901234567890 + 1", "123456789012345678901234567891"},
                    Case{"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
                    Case{"-170141183460469231731687303715884105727 - 1", "-170141183460469231731687303715884105728"},
                    Case{"(-170141183460469231731687303715884105727 - 1) / -1", "1.70141183460469e+38"},
                    Case{"(-170141183460469231731687303715884105727 - 1) % -1", "0"}, Case{"0^0", "1"},
                    Case{"(-1)^1000001", "-1"}, Case{"6 × 7", "42"}, Case{"10 ÷ 4", "2.5"}, Case{"5 − 8", "-3"},
                    Case{"1e3", "1000"}, Case{"1e18+1", "1000000000000000001"}, Case{"0/5", "0"}));
INSTANTIATE_TEST_SUITE_P(
    decimals, CalculatorValue,
    testing::Values(Case{"0.1+0.2", "0.3"}, Case{"0.3-0.1*3", "0"}, Case{"0.1+0.2-0.3", "0"},
                    Case{"1/3", "0.333333333333333"}, Case{"2/3", "0.666666666666667"}, Case{"1/3*3", "1"},
                    Case{"19.99*3", "59.97"}, Case{"1.1*1.1", "1.21"}, Case{".5+.5", "1"}, Case{"5.", "5"},
                    Case{"1.5e-3", "0.0015"}, Case{"1234567890123456.78 + 0.01", "1234567890123456.79"},
                    Case{"100 * 1.05^10", "162.889462677744"}, Case{"1e-10", "1e-10"}, Case{"1e300*1e300", "1e+600"},
                    Case{"0.00001", "0.00001"}, Case{"7.5 % 2", "1.5"}, Case{"0.3 % 0.1", "0"},
                    Case{"5.5 % -2", "-0.5"}, Case{"2^0.5", "1.4142135623731"},
                    Case{"10000000000000000000000000000000000000000", "1e+40"}, Case{"-0.0", "0"}));
INSTANTIATE_TEST_SUITE_P(
    functions, CalculatorValue,
    testing::Values(Case{"sqrt(16)", "4"}, Case{"sqrt(2)^2", "2"},
                    Case{"sqrt(152415787532388367501905199875019052100)", "12345678901234567890"},
                    Case{"cbrt(27)", "3"}, Case{"sin(0)", "0"}, Case{"sin(pi)", "0"}, Case{"cos(pi)", "-1"},
                    Case{"sin(pi/6)", "0.5"}, Case{"cos(pi/2)", "0"}, Case{"tan(pi/4)", "1"},
                    Case{"asin(1)*2 - pi", "0"}, Case{"atan2(1,1)*4 - pi", "0"}, Case{"exp(0)", "1"},
                    Case{"ln(e)", "1"}, Case{"log(e^2)", "2"}, Case{"log(8, 2)", "3"}, Case{"log(1000, 10)", "3"},
                    Case{"log10(1000)", "3"}, Case{"log2(1024)", "10"}, Case{"abs(-5)", "5"}, Case{"floor(-1.5)", "-2"},
                    Case{"ceil(1.2)", "2"}, Case{"ceil(0.1*30)", "3"}, Case{"floor(0.7*10)", "7"},
                    Case{"round(2.5)", "3"}, Case{"round(-2.5)", "-3"}, Case{"round(2.675, 2)", "2.68"},
                    Case{"round(1234, -2)", "1200"}, Case{"round(1/3, 4)", "0.3333"}, Case{"trunc(-1.7)", "-1"},
                    Case{"min(3, 1, 2)", "1"}, Case{"MAX(3, 1, 2)", "3"}, Case{"sum(1,2,3.5)", "6.5"},
                    Case{"mean(1,2,3,4)", "2.5"}, Case{"gcd(12, 18, 27)", "3"}, Case{"gcd(-4, 6)", "2"},
                    Case{"lcm(4, 6)", "12"}, Case{"lcm(4, 0)", "0"}, Case{"hypot(3,4)", "5"}, Case{"mod(-7,3)", "2"},
                    Case{"pow(2,8)", "256"}, Case{"degrees(pi)", "180"}, Case{"radians(180) - pi", "0"},
                    Case{"sign(-3.2)", "-1"}, Case{"2*pi - tau", "0"}, Case{"max(1)", "1"}));

class CalculatorMistake : public testing::TestWithParam<Case> {};
TEST_P(CalculatorMistake, is_told_with_its_place) {
    const Calculation got = calculate(GetParam().expression);
    EXPECT_FALSE(got.ok);
    EXPECT_EQ(got.text.substr(0, std::string(GetParam().expected).size()), GetParam().expected) << got.text;
}
INSTANTIATE_TEST_SUITE_P(
    all, CalculatorMistake,
    testing::Values(
        Case{"", "The expression is empty."}, Case{" \n", "The expression is empty."},
        Case{"1+", "At position 3: expected a number, found the end."},
        Case{"1 1", "At position 3: expected an operator or the end, found \"1\"."},
        Case{"2pi", "At position 2: expected an operator"}, Case{"(1+2", "At position 1: the ( is never closed."},
        Case{"1+2)", "At position 4: there is a ) without its (."}, Case{"1/0", "At position 2: division by zero."},
        Case{"5%0", "At position 2: remainder of a division by zero."},
        Case{"3 × 4 $ 5", "At position 7: expected an operator or the end, found \"$\"."},
        Case{"*2", "At position 1: expected a number, found \"*\"."},
        Case{"1.2.3", "At position 1: \"1.2.3\" is not a number."}, Case{".", "At position 1: \".\" is not a number."},
        Case{"foo(1)", "At position 1: there is no function or constant foo; there are abs, acos,"},
        Case{"1 + sqrt 4", "At position 10: after the function sqrt its argument"},
        Case{"sqrt()", "At position 1: sqrt takes 1 argument, not 0."},
        Case{"atan2(1)", "At position 1: atan2 takes 2 arguments, not 1."},
        Case{"log(1,2,3)", "At position 1: log takes 1 or 2 arguments, not 3."},
        Case{"min()", "At position 1: min takes at least 1 arguments, not 0."},
        Case{"1+sqrt(-1)", "At position 3: sqrt: a negative number has no real square root."},
        Case{"ln(0)", "At position 1: ln: a logarithm takes a number above 0."},
        Case{"log(5,1)", "At position 1: log: the base of a logarithm is not 1."},
        Case{"asin(2)", "At position 1: asin: its argument must be between -1 and 1."},
        Case{"tan(pi/2)", "At position 1: tan: the tangent has no value there."},
        Case{"(-8)^(1/3)", "At position 5: a negative number has no power that is not whole."},
        Case{"0^-1", "At position 2: division by zero, as 0 has no negative power."},
        Case{"1.5!", "At position 4: the factorial takes a whole number from 0."},
        Case{"(-1)!", "At position 5: the factorial takes"}, Case{"5000!", "At position 5: the result is too large."},
        Case{"10^10^10", "At position 3: the result is too large."},
        Case{"exp(1e6)", "At position 1: exp: the result is too large."},
        Case{"1e99999", "At position 1: the number \"1e99999\" is out of range."},
        Case{"gcd(1.5, 2)", "At position 1: gcd: its arguments are whole numbers."},
        Case{"round(1.5, 0.5)", "At position 1: round: its second argument"},
        Case{"0xFFFFFFFFFFFFFFFFF", "At position 1: a hexadecimal number has at most 16 digits."},
        Case{"f(x", "At position 1: there is no function"},
        Case{"1,2", "At position 2: expected an operator or the end, found \",\"."},
        Case{"__import__('os')", "At position 1: there is no function or constant __import__"},
        Case{"\x01", "At position 1: expected a number, found a control character."}));

TEST(Calculator, length_and_depth_are_bounded) {
    EXPECT_EQ(calculate(std::string(10'001, '1')).text,
              "The expression is longer than 10000 bytes; compute it in parts.");
    EXPECT_TRUE(calculate(std::string(90, '(') + "1" + std::string(90, ')')).ok);
    for (const char* opening : {"(", "-", "2^", "sqrt(", "1+("}) {
        std::string text;
        while (text.size() < 9'900) text += opening;
        const Calculation deep = calculate(text + "1");
        EXPECT_FALSE(deep.ok);
        EXPECT_NE(deep.text.find("nested more than 100 deep"), std::string::npos) << deep.text;
    }
    std::string longest = "1";
    while (longest.size() < 9'990) longest += "+1";
    EXPECT_EQ(calculate(longest).text, std::to_string((longest.size() + 1) / 2));
}

TEST(Calculator, any_text_ends_with_a_value_or_a_sentence) {
    constexpr std::string_view alphabet = "0123456789.eE+-*/%^!(),xpisqrtlogmin \xC3\x97\xFF";
    std::mt19937 random(20'261'124);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 24 + 1, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        const Calculation got = calculate(text);
        ASSERT_FALSE(got.text.empty()) << text;
        if (!got.ok) {
            ASSERT_EQ(got.text.back(), '.') << text << ": " << got.text;
        }
    }
}

/// Against the compiler's own arithmetic, whole numbers only.
TEST(Calculator, agrees_with_arithmetic) {
    std::mt19937 random(7);
    for (int round = 0; round < 2'000; ++round) {
        const auto number = [&] { return static_cast<long long>(random() % 2'000'001) - 1'000'000; };
        const long long a = number(), b = number(), c = number();
        const std::string text =
            "(" + std::to_string(a) + ")*(" + std::to_string(b) + ")-" + "(" + std::to_string(c) + ")";
        ASSERT_EQ(calculate(text).text, std::to_string(a * b - c)) << text;
    }
}

}  // namespace
}  // namespace cortex::cli
