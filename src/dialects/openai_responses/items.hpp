#pragma once

#include "core/content.hpp"
#include "core/json.hpp"

#include <string>
#include <string_view>

namespace cortex::dialects::openai_responses {

/// One finished output item: a message, reasoning, a call, or anything else.
struct OutputItem {
    ContentBlock block;          ///< The neutral view; `raw` is the item's JSON exactly.
    std::string text = {};       ///< What the user sees of it.
    std::string thinking = {};   ///< Parts of a summary, and of raw reasoning, with a blank line between two.
    std::string refusal = {};
};

/// `raw` is the text of `item`. `spare_id` is the id of a call that came without one. A message without text stays an unknown
/// block: only its origin gets it back, as the reasoning before it may not go without.
OutputItem read_output_item(const JsonObject& item, std::string_view raw, const std::string& spare_id);

/// Whether the model can read a reasoning item again: it holds encrypted or open content. An id alone means nothing to a
/// service that stored nothing.
bool is_replayable(const ContentBlock& reasoning);

/// The item without its `id`, where the item does without.
std::string without_id(const ContentBlock& block);

}  // namespace cortex::dialects::openai_responses
