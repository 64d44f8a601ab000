#pragma once

#include "core/model_call.hpp"
#include "dialects/openai_chat/options.hpp"

#include <string>

namespace cortex::dialects::openai_chat {

/// Body of POST /chat/completions. Messages come before whatever varies from call to call.
std::string encode_chat_request(const ModelCall& call, const Options& options);

/// Whether the request says how much to think.
bool sends_effort(const ModelCall& call) noexcept;

}  // namespace cortex::dialects::openai_chat
