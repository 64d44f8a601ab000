#pragma once

#include "tools/calc_number.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cortex::cli {

struct CalcFunction {
    std::string_view name;
    std::size_t least;   ///< Arguments.
    std::size_t most;
    Number (*apply)(std::span<const Number>);
};

/// By name, in lower case; null where there is none.
const CalcFunction* find_calc_function(std::string_view name);
std::optional<Number> find_calc_constant(std::string_view name);

}  // namespace cortex::cli
