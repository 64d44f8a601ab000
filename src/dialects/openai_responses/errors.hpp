#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/model_call.hpp"

#include <string_view>

namespace cortex::dialects::openai_responses {

/// What would cure a refusal: reasoning that the service cannot read or place, `reasoning` where a model or an account may
/// not use it, tools where a server has none.
Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body);

}  // namespace cortex::dialects::openai_responses
