#pragma once
// OpenAI's sentences of refusal, each in one place.

#include "checks.hpp"

#include <string>
#include <string_view>

namespace emulator::openai {

/// A refusal whose error member has a shape of its own: Azure's, a local server's.
struct ShapedRefusal {
    int status = 400;
    json::object error;
};

/// Throws 400 `invalid_request_error`.
[[noreturn]] void reject(std::string_view message, std::string_view param = {}, std::string_view code = {});

[[nodiscard]] std::string in_quotes(std::string_view text);

/// "Invalid type for 'param': expected ..., but got ... instead."
[[noreturn]] void wrong_type(const json::value& value, const std::string& param, std::string_view expected);

/// The member, or "Missing required parameter: 'path.name'."
const json::value& needed(const json::object& object, std::string_view name, const std::string& path);

/// 'a', 'b', 'c' of "a b c".
[[nodiscard]] std::string list_of(std::string_view values);

/// Refuses a value that is not one of the words: "Invalid value: 'x'. Supported values are: ..."
void allow(std::string_view value, const std::string& param, std::string_view values);

}  // namespace emulator::openai
