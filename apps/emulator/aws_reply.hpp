#pragma once
// The forms in which AWS's services answer and refuse.

#include "http.hpp"
#include "json_util.hpp"

#include <string>
#include <string_view>

namespace emulator {

/// Who answers decides the form of an error.
enum class AwsRoute { none, bedrock, messages, sts, sso, oidc, signin, container, instance };

[[nodiscard]] Reply aws_json(int status, const json::value& body);

/// An error of this route; `code` is the JSON services' name for it and is translated where a route has another.
[[nodiscard]] Reply aws_error(AwsRoute route, int status, std::string_view code, std::string_view message,
                              const std::string& request_id);

/// Bedrock's usual exception of a status, for scripts that give only the number.
[[nodiscard]] std::string_view aws_code_of(int status) noexcept;

/// `text` as it may stand in XML.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace emulator
