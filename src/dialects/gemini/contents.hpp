#pragma once

#include "core/content.hpp"
#include "core/json_writer.hpp"
#include "core/model_call.hpp"
#include "dialects/turns.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::gemini {

/// Keeps the token of an answer that stopped to be continued (`finishReason` CONTINUATION). `token` is JSON text.
ContentBlock continuation_block(std::string_view token);

/// Whether the history ends with an answer that this very model wants to go on with: the request is then the one before, and
/// the token.
bool continues(const ModelCall& call);

/// What is sent of a history.
struct History {
    std::vector<Turn> turns = {};
    std::string token = {};   ///< JSON text of the `continuationToken`; "": none. The unfinished answer is not among `turns` then.
};
History history_of(const ModelCall& call);

/// Writes the member `contents`. Neighbours of one role are one content, all results of an answer's calls stand directly
/// behind it in the order of the calls, and the last content is the user's: newer models refuse any other.
void write_contents(JsonWriter& json, const ModelCall& call, const std::vector<Turn>& turns);

}  // namespace cortex::dialects::gemini
