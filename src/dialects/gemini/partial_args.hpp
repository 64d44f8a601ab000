#pragma once

#include "core/json.hpp"

#include <string>
#include <string_view>

namespace cortex::dialects::gemini {

/// Puts the arguments of a call together that arrive in pieces (`streamFunctionCallArguments`): each piece names a place by
/// its path and holds a value for it, texts in several pieces.
class PartialArgs {
public:
    /// Takes the elements of `partialArgs`. False: a path that leads nowhere, or a piece without a value.
    bool take(const JsonArray& pieces);
    /// The object so far, as JSON text.
    std::string text() const;

private:
    JsonValue root_ = JsonObject();
    std::string open_path_ = {};   // of a text that goes on in the next piece
};

}  // namespace cortex::dialects::gemini
