#pragma once

#include <string>
#include <string_view>

namespace cortex::dialects::gemini {

/// A JSON Schema with the keywords that `parametersJsonSchema` and `responseJsonSchema` take: `definitions` become `$defs`,
/// `const` an `enum` of one, `oneOf` `anyOf`; `allOf` is joined into the schema that holds it; a `$ref` stands alone; what
/// else there is stays out (arguments are checked against the whole schema when they arrive). Names of properties stay as
/// they are. Member order and the bytes of plain values are kept. "{}" for a text that is no JSON object.
std::string clean_schema(std::string_view schema);

/// Whether a cleaned schema asks for no argument at all: such a function is declared without parameters, as older models
/// refuse an object without properties.
bool asks_for_nothing(std::string_view cleaned);

}  // namespace cortex::dialects::gemini
