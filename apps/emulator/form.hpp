#pragma once
// Percent-encoding: the bodies of token requests, queries, and the masking of what is secret in them.

#include "http.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

[[nodiscard]] std::string percent_encoded(std::string_view text);

/// Nothing for a broken escape. `plus_is_space`: as in forms.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

using Form = std::map<std::string, std::string, std::less<>>;

/// Nothing for a broken escape or a field that occurs twice.
[[nodiscard]] std::optional<Form> read_form(std::string_view text);

/// The request's query.
[[nodiscard]] Form query_of(const HttpRequest& request);

/// The field's text; empty when there is none.
[[nodiscard]] std::string field(const Form& form, std::string_view name);

/// Replaces the secrets in a token request's body (assertions, refresh tokens, client secrets, subject tokens) by the start
/// of their SHA-256, as the recorder does with headers.
void mask_token_request(HttpRequest& request);

}  // namespace emulator
