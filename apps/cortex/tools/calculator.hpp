#pragma once

#include <string>
#include <string_view>

namespace cortex::cli {

/// What an expression comes to, or why it has no value.
struct Calculation {
    bool ok = false;
    std::string text = {};  ///< The value; or one sentence that names the place, for a model to mend its expression by.
};

/// Reads and computes an arithmetic expression. Nothing in it is run: there are numbers, operators (+ - * / % ^ !), parentheses and
/// the functions and constants that `calculator_vocabulary` names, and nothing else. Integers are exact as long as they fit 128
/// bits; all else has some 18 digits. Length and depth are bounded, so any text ends quickly.
Calculation calculate(std::string_view expression);

/// "sqrt, cbrt, ...": for the description that a model reads.
std::string calculator_vocabulary();

}  // namespace cortex::cli
