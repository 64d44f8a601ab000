#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/json.hpp"
#include "core/model_call.hpp"

#include <cortex/error.hpp>

#include <string_view>

namespace cortex::dialects::gemini {

/// Whether the object is Google's error envelope, {"error":{"code","message","status","details"}}.
bool is_error_envelope(const JsonObject& object) noexcept;

/// The error of an envelope that came with HTTP 200, inside a stream or as the whole answer. `text` is the envelope's own.
/// A `RetryInfo` among the details becomes `retry_after`.
ErrorInfo classify_envelope(const ModelCall& call, const JsonObject& envelope, std::string_view text);

/// The error of an answer with a status other than 2xx.
ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body);

/// Signatures that the service does not take, or misses, give way to the placeholder; tools and the wish for an amount of
/// thinking are left out for models that know neither.
Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body);

}  // namespace cortex::dialects::gemini
