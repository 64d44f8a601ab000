#pragma once

#include "core/model_call.hpp"

#include <string_view>

namespace cortex::dialects::gemini {

/// Whether the call goes to Gemini 3 or later: such a model refuses a history whose function calls lost their thought
/// signature, and takes pictures in the result of a function. Read from the id that is asked; where that tells nothing
/// (an endpoint's number), from whether the model thinks by level, as only these do.
bool is_third_generation(const ModelCall& call) noexcept;

/// What stands in for a signature that belongs to another model, or to nobody ("Thought signatures": migrating from other
/// models). Both hosts take it.
inline constexpr std::string_view placeholder_signature = "skip_thought_signature_validator";

}  // namespace cortex::dialects::gemini
