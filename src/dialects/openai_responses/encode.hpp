#pragma once

#include "core/model_call.hpp"

#include <string>

namespace cortex::dialects::openai_responses {

/// Body of POST /responses. Nothing is stored on the server, so each request carries all: `instructions`, `tools` and
/// `input` come before whatever varies from call to call.
std::string encode_response_request(const ModelCall& call);

/// Whether the request says how the model shall think, which some models and servers refuse.
bool writes_reasoning(const ModelCall& call) noexcept;

}  // namespace cortex::dialects::openai_responses
