#pragma once

#include "core/http.hpp"
#include "core/json.hpp"
#include "core/model_call.hpp"

#include <cortex/error.hpp>

#include <string>
#include <string_view>

namespace cortex::dialects::openai_chat {

/// Whether the object reports an error: an `error` member that is not null, or one of the shapes that put it at the
/// top.
bool is_error_object(const JsonObject& object) noexcept;

/// The error of an object that came with HTTP 200, inside a stream or as the whole answer.
ErrorInfo classify_object(const ModelCall& call, const JsonObject& object);

/// The error of an answer with a status other than 2xx.
ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body);

/// The request's id in a head, by whichever name a server gives it, or "".
std::string request_id_in(const HttpHead& head);

}  // namespace cortex::dialects::openai_chat
