#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/model_call.hpp"

#include <string_view>

namespace cortex::channels {

/// An answer of Google Cloud that failed. Three shapes: the model vendor's own envelope (left to `dialect`), Google's envelope
/// `{"error":{"code","message","status","details"}}`, also inside an array, and Google's with the vendor's JSON as its message.
/// A `RetryInfo` among the details becomes `retry_after`.
ErrorInfo classify_google(const Dialect& dialect, const ModelCall& call, const HttpHead& head, std::string_view body);

}  // namespace cortex::channels
