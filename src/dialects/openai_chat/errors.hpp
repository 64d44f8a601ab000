#pragma once

#include "core/dialect.hpp"
#include "core/http.hpp"
#include "core/json.hpp"
#include "core/model_call.hpp"
#include "dialects/openai_chat/options.hpp"

#include <cortex/error.hpp>

#include <string_view>

namespace cortex::dialects::openai_chat {

/// Whether the object reports an error: an `error` member that is not null, or one of the shapes that put it at the
/// top.
bool is_error_object(const JsonObject& object) noexcept;

/// The error of an object that came with HTTP 200, inside a stream or as the whole answer.
ErrorInfo classify_object(const ModelCall& call, const JsonObject& object);

/// The error of an answer with a status other than 2xx.
ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body);

/// What a server says that takes no tools (Ollama, vLLM, llama.cpp, routers), or that does not know `stream_options`.
Remedy remedy_of(const ModelCall& call, const Options& options, const HttpHead& head, std::string_view body);

}  // namespace cortex::dialects::openai_chat
