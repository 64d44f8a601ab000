#pragma once

#include "core/model_call.hpp"
#include "core/result.hpp"
#include "dialects/anthropic/body_form.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cortex::dialects::anthropic {

/// Body of POST /v1/messages, or of a cloud's counterpart. `tools`, `system` and `messages` come before whatever varies from call to call, and history
/// is written message by message, so that each request begins with the bytes of the one before, `cache_control` members
/// aside: those move.
std::string encode_message_request(const ModelCall& call, const BodyForm& form = {});

/// Body of POST /v1/messages/count_tokens: what the same call would send, without `max_tokens` and `stream`.
/// The model is named in every form of it: clouds have one address for all models' counts.
std::string encode_count_request(const ModelCall& call, const BodyForm& form = {});

/// The answer to it: the input tokens of that call. Fails with a ProtocolError.
Result<std::int64_t> decode_count(const ModelCall& call, std::string_view body);

}  // namespace cortex::dialects::anthropic
