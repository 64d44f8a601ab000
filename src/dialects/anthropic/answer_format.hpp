#pragma once

#include <string_view>

namespace cortex::dialects::anthropic {

/// Whether `output_config.format` takes a JSON Schema as it is written: within the subset that the Messages API documents for structured outputs
/// (closed objects; no bounds of numbers, lengths or lists, no patterns). Pure. Stricter than the service where that is simpler (no references, every property
/// required): a schema that is not taken is only told to the model, and the answer is checked all the same.
bool holds_answers_to(std::string_view schema);

}  // namespace cortex::dialects::anthropic
