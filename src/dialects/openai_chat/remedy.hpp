#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/model_call.hpp"
#include "dialects/openai_chat/options.hpp"

#include <string_view>

namespace cortex::dialects::openai_chat {

/// What a refusal says that the server does not take, where the request holds it and can do without: tools, the effort, the role
/// `developer`, the field of the answer's length, the wish for usage in streams.
Remedy remedy_of(const ModelCall& call, const Options& options, const HttpHead& head, std::string_view body);

}  // namespace cortex::dialects::openai_chat
