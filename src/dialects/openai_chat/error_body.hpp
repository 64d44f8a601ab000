#pragma once

#include "core/json.hpp"
#include "dialects/failure.hpp"

#include <string>
#include <string_view>

namespace cortex::dialects::openai_chat {

/// An error as one of the many servers of this dialect wrote it down.
struct ErrorBody {
    VendorError vendor = {};
    std::string param = {};   ///< The field of the request that is complained of, where one is named.
    bool moderated = false;   ///< A filter declined what was said.
};

/// Tries the shapes in turn: `error.message`, `error` as a text, `message`, `detail` as a text or as FastAPI's list.
ErrorBody read_error(const JsonObject& object);

/// The same for a whole answer, also one that is a list of errors, or no JSON at all (`content_type` then says how to read it).
ErrorBody read_error(std::string_view body, std::string_view content_type);

}  // namespace cortex::dialects::openai_chat
