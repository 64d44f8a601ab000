#pragma once

#include "core/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::schema {

/// What was found, short enough for a sentence: `"abc"`, `1.5`, `an array of 3 items`.
std::string shown(const JsonValue& value);
/// The text in quotes, cut to about 60 bytes.
std::string in_quotes(std::string_view text);
/// "1 item", "3 items".
std::string counted(std::size_t number, std::string_view thing);
/// "integer" with its article.
std::string with_article(std::string_view noun);
/// The first few of the names, quoted and joined by "and", and how many more there are.
std::string list_of(const std::vector<std::string>& names);

/// One more token of a JSON Pointer, escaped.
void append_token(std::string& pointer, std::string_view token);
/// "/items/2/name" as "items[2].name"; at most about 200 bytes, of which the end is kept. "" stays "".
std::string dotted(std::string_view pointer);

}  // namespace cortex::schema
