#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cortex::dialects::openai_chat {

/// What differs between servers of this dialect.
struct Options {
    /// Local servers know this older name only; api.openai.com takes only `max_completion_tokens` for its newer models.
    std::string max_tokens_member = "max_tokens";
    bool stream_usage = true;  ///< Asks for token counts at the end of a stream.
    /// Sends an assistant turn's reasoning back as `reasoning_content` where it called tools, to the model that wrote
    /// it (DeepSeek demands it; most others refuse a member that they do not know).
    bool reasoning_with_tool_calls = false;
    /// Further members of each request: name and JSON text, written after the conversation in this order.
    std::vector<std::pair<std::string, std::string>> extra_members = {};
};

}  // namespace cortex::dialects::openai_chat
