#include "tools/calculator.hpp"

#include "tools/calc_functions.hpp"
#include "tools/calc_number.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace cortex::cli {
namespace {

constexpr std::size_t longest = 10'000;   // bytes
constexpr int deepest = 100;              // parentheses, signs and powers within each other

struct Mistake {
    std::string reason;
    std::size_t at;   ///< Byte.
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The signs that typesetters use mean the same as those of a keyboard.
struct Sign {
    std::string_view written;
    char means;
};
constexpr Sign signs[] = {{"**", '^'}, {"×", '*'}, {"·", '*'}, {"÷", '/'}, {"−", '-'},
                          {"+", '+'},  {"-", '-'}, {"*", '*'}, {"/", '/'}, {"%", '%'},
                          {"^", '^'},  {"!", '!'}, {"(", '('}, {")", ')'}, {",", ','}};

/// A parser by descent, one function a level of precedence, that computes as it reads.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Number whole() {
        const Number value = sum();
        skip_blanks();
        if (at_ != text_.size())
            throw Mistake{
                peek() == ')' ? "there is a ) without its (" : "expected an operator or the end, found " + found(),
                at_};
        return value;
    }

private:
    /// Goes one level down, for as long as it lives.
    class Level {
    public:
        explicit Level(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > deepest)
                throw Mistake{"it is nested more than " + std::to_string(deepest) + " deep", parser_.at_};
        }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        ~Level() { --parser_.depth_; }

    private:
        Parser& parser_;
    };

    Number sum() {
        Number value = product();
        for (;;) {
            const std::size_t at = place();
            if (take('+'))
                value = applied(at, value, product(), [](const Number& a, const Number& b) { return a + b; });
            else if (take('-'))
                value = applied(at, value, product(), [](const Number& a, const Number& b) { return a - b; });
            else
                return value;
        }
    }

    Number product() {
        Number value = signed_value();
        for (;;) {
            const std::size_t at = place();
            if (take('*'))
                value = applied(at, value, signed_value(), [](const Number& a, const Number& b) { return a * b; });
            else if (take('/'))
                value = applied(at, value, signed_value(), [](const Number& a, const Number& b) { return a / b; });
            else if (take('%'))
                value = applied(at, value, signed_value(), modulo);
            else
                return value;
        }
    }

    Number signed_value() {
        const Level level(*this);
        if (take('-')) return negated(signed_value());
        if (take('+')) return signed_value();
        Number base = postfix();
        const std::size_t at = place();
        // To the right first: 2^3^2 is 2^9. The exponent may have a sign, and -2^2 is -4.
        return take('^') ? applied(at, base, signed_value(), power) : base;
    }

    Number postfix() {
        Number value = primary();
        for (std::size_t at = place(); take('!'); at = place()) value = guarded(at, [&] { return factorial(value); });
        return value;
    }

    Number primary() {
        skip_blanks();
        const std::size_t at = at_;
        if (at_ == text_.size()) throw Mistake{"expected a number, found the end", at};
        if (take('(')) {
            const Number value = sum();
            close(at);
            return value;
        }
        const char c = text_[at_];
        if (is_digit(c) || c == '.') return literal();
        if (is_letter(c)) return named();
        throw Mistake{"expected a number, found " + found(), at};
    }

    Number named() {
        const std::size_t at = at_;
        while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
        std::string name(text_.substr(at, at_ - at));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        const CalcFunction* function = find_calc_function(name);
        if (function == nullptr) {
            if (const auto constant = find_calc_constant(name)) return *constant;
            throw Mistake{
                "there is no function or constant " + name.substr(0, 40) + "; there are " + calculator_vocabulary(),
                at};
        }
        if (!take('('))
            throw Mistake{"after the function " + name + " its argument is expected in parentheses", place()};
        const std::vector<Number> in = arguments(at);
        if (in.size() < function->least || in.size() > function->most)
            throw Mistake{name + " takes " + count_text(*function) + ", not " + std::to_string(in.size()), at};
        return guarded(at, [&] { return function->apply(in); }, name + ": ");
    }

    std::vector<Number> arguments(std::size_t opened) {
        std::vector<Number> in;
        if (take(')')) return in;
        do in.push_back(sum());
        while (take(','));
        close(opened);
        return in;
    }

    Number literal() {
        const std::size_t at = at_;
        if (const auto hexadecimal = hexadecimal_literal()) return *hexadecimal;
        bool whole = true;
        while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) whole = text_[at_++] != '.' && whole;
        if (const std::size_t digits = exponent_length(); digits > 0) {
            whole = false;
            at_ += digits;
        }
        const std::string_view written = text_.substr(at, at_ - at);
        if (whole) {
            WideInt value = 0;
            bool fits = true;
            for (const char c : written)
                fits = fits && !__builtin_mul_overflow(value, WideInt{10}, &value) &&
                       !__builtin_add_overflow(value, WideInt{c - '0'}, &value);
            if (fits) return Number::exact(value);
        }
        long double value = 0.0L;
        const auto [end, failure] = std::from_chars(written.data(), written.data() + written.size(), value);
        if (end != written.data() + written.size())
            throw Mistake{"\"" + std::string(written.substr(0, 40)) + "\" is not a number", at};
        if (failure == std::errc::result_out_of_range)
            throw Mistake{"the number \"" + std::string(written.substr(0, 40)) + "\" is out of range", at};
        return Number::whole_if_exact(value);
    }

    std::optional<Number> hexadecimal_literal() {
        if (text_.size() - at_ < 3 || text_[at_] != '0' || (text_[at_ + 1] | 0x20) != 'x') return std::nullopt;
        const char* from = text_.data() + at_ + 2;
        unsigned long long value = 0;
        const auto [end, failure] = std::from_chars(from, text_.data() + text_.size(), value, 16);
        if (failure == std::errc::result_out_of_range) throw Mistake{"a hexadecimal number has at most 16 digits", at_};
        if (failure != std::errc()) return std::nullopt;
        at_ += static_cast<std::size_t>(end - from) + 2;
        return Number::exact(static_cast<WideInt>(value));
    }

    /// Of "e-5" and its kind at this place, or 0: 2e is no number and 2exp(1) no power of ten.
    std::size_t exponent_length() const {
        std::size_t end = at_;
        if (end == text_.size() || (text_[end] | 0x20) != 'e') return 0;
        ++end;
        if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
        const std::size_t digits = end;
        while (end < text_.size() && is_digit(text_[end])) ++end;
        return end == digits ? 0 : end - at_;
    }

    void close(std::size_t opened) {
        if (take(')')) return;
        if (at_ == text_.size()) throw Mistake{"the ( is never closed", opened};
        throw Mistake{"expected ) or an operator, found " + found(), at_};
    }

    template <class Operation>
    Number applied(std::size_t at, const Number& a, const Number& b, Operation operation) {
        return guarded(at, [&] { return operation(a, b); });
    }

    template <class Operation>
    Number guarded(std::size_t at, Operation operation, const std::string& who = {}) {
        try {
            return operation();
        } catch (CalcFailure& failure) {
            throw Mistake{who + failure.reason, at};
        }
    }

    static std::string count_text(const CalcFunction& function) {
        if (function.least == function.most)
            return std::to_string(function.least) + (function.least == 1 ? " argument" : " arguments");
        if (function.most > 2) return "at least " + std::to_string(function.least) + " arguments";
        return std::to_string(function.least) + " or " + std::to_string(function.most) + " arguments";
    }

    void skip_blanks() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    std::size_t place() {
        skip_blanks();
        return at_;
    }

    const Sign* sign_here() const {
        for (const Sign& sign : signs)
            if (text_.substr(at_).starts_with(sign.written)) return &sign;
        return nullptr;
    }

    char peek() const {
        const Sign* sign = sign_here();
        return sign == nullptr ? '\0' : sign->means;
    }

    bool take(char wanted) {
        skip_blanks();
        const Sign* sign = sign_here();
        if (sign == nullptr || sign->means != wanted) return false;
        at_ += sign->written.size();
        return true;
    }

    /// The character here, for a sentence.
    std::string found() const {
        if (at_ == text_.size()) return "the end";
        std::size_t end = at_ + 1;
        while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
        if (static_cast<unsigned char>(text_[at_]) < 0x20) return "a control character";
        return "\"" + std::string(text_.substr(at_, end - at_)) + "\"";
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

/// Characters, from 1.
std::size_t position(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, byte);
    return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
           }));
}

}  // namespace

Calculation calculate(std::string_view expression) {
    if (expression.size() > longest)
        return {.text = "The expression is longer than " + std::to_string(longest) + " bytes; compute it in parts."};
    if (expression.find_first_not_of(" \t\r\n") == std::string_view::npos) return {.text = "The expression is empty."};
    try {
        return {.ok = true, .text = Parser(expression).whole().text()};
    } catch (const Mistake& mistake) {
        return {.text =
                    "At position " + std::to_string(position(expression, mistake.at)) + ": " + mistake.reason + "."};
    } catch (const CalcFailure& failure) {
        return {.text = "It has no value: " + failure.reason + "."};
    }
}

}  // namespace cortex::cli
