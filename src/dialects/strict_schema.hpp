#pragma once

#include <string_view>

namespace cortex::dialects {

/// Whether a JSON Schema, exactly as it is written, lies within the subset that OpenAI takes with `strict: true`: closed
/// objects of which every property is required, no keyword beyond the listed ones, references into the schema's own
/// definitions. Pure. Where the published limits differ between api.openai.com and Azure the narrower ones count: "false"
/// is always legal, and only means that the model is not forced into the schema.
bool fits_strict_subset(std::string_view schema);

}  // namespace cortex::dialects
