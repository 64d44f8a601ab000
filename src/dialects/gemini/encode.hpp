#pragma once

#include "core/model_call.hpp"

#include <string>

namespace cortex::dialects::gemini {

/// Body of generateContent and streamGenerateContent. `systemInstruction`, `tools` and `contents` come before whatever varies
/// from call to call, and history is written message by message, so that each request begins with the bytes of the one before.
std::string encode_request(const ModelCall& call);

}  // namespace cortex::dialects::gemini
