#pragma once

#include "core/json_writer.hpp"
#include "core/model_call.hpp"

namespace cortex::dialects::openai_responses {

/// Writes the elements of `input`: the conversation as items, message by message, so that what a longer conversation yields
/// begins with what a shorter one did. What the asked model wrote itself goes back as it came, reasoning included; what
/// others wrote is told in plain items.
void write_input(JsonWriter& json, const ModelCall& call);

}  // namespace cortex::dialects::openai_responses
