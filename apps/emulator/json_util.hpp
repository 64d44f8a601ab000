#pragma once
// Short names and small questions for Boost.JSON values.

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace emulator {

namespace json = boost::json;

/// Null when the member is absent.
[[nodiscard]] const json::value* member(const json::object& object, std::string_view name) noexcept;

/// The member's text; empty when it is absent or no string.
[[nodiscard]] std::string text_of(const json::object& object, std::string_view name);

/// The member as a whole number; nothing when it is absent or no integer.
[[nodiscard]] std::optional<std::int64_t> integer_of(const json::object& object, std::string_view name) noexcept;

/// True only when the member is the boolean true.
[[nodiscard]] bool is_true(const json::object& object, std::string_view name) noexcept;

/// The value's number, whatever its kind; nothing when it is no number.
[[nodiscard]] std::optional<double> number_of(const json::value& value) noexcept;

/// A copy without the members of this name, at any depth: cache marks move between requests and mean nothing for equality.
[[nodiscard]] json::value without(const json::value& value, std::string_view name);

}  // namespace emulator
