#pragma once

#include "core/http.hpp"
#include "core/result.hpp"

#include <string_view>
#include <vector>

namespace cortex::channels {

/// Reads `Name: value` lines (the form of ANTHROPIC_CUSTOM_HEADERS); blank lines are skipped, of a name that comes
/// twice the last counts. Fails with a ConfigError that names `field` and the line, never the value (it may be a key):
/// for a line without a colon, an illegal name or value, and the headers that the connection itself needs (Host,
/// Content-Length, ...).
Result<std::vector<HttpHeader>> parse_custom_headers(std::string_view text, std::string_view field);

}  // namespace cortex::channels
