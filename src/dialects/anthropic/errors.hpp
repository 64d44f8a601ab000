#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/json.hpp"
#include "core/model_call.hpp"

#include <cortex/error.hpp>

#include <string_view>

namespace cortex::dialects::anthropic {

/// Whether the object is the error envelope: {"type":"error","error":{...}}, or an `error` member alone.
bool is_error_envelope(const JsonObject& object) noexcept;

/// The error of an envelope that came with HTTP 200, inside a stream or as the whole answer: `error.type` names the
/// class.
ErrorInfo classify_envelope(const ModelCall& call, const JsonObject& envelope);

/// The error of an answer with a status other than 2xx.
ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body);

/// Thinking that does not fit its place (bound to another conversation or account, changed, a signature that is not taken) can be
/// left out, where any was sent and the model does not insist on it (it does with a budget, in a tool loop).
Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body);

}  // namespace cortex::dialects::anthropic
