#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cortex::dialects::openai_chat {

/// What differs between servers of this dialect.
struct Options {
    /// Local servers know this older name only; api.openai.com takes only `max_completion_tokens` for its newer models.
    /// `ModelCall::other_max_tokens` exchanges the two.
    std::string max_tokens_member = "max_tokens";
    /// The role of the system prompt: "developer" is OpenAI's newer name, which many servers do not know.
    std::string system_role = "system";
    bool stream_usage = true;  ///< Asks for token counts at the end of a stream.
    /// What the effort "max" is called; api.openai.com takes that word for no model on this API.
    std::string max_effort = "max";
    std::size_t longest_call_id = 0;  ///< Of a tool call, in characters (OpenAI's own service: 40); 0: any.
    bool files = true;                ///< Takes documents as `file` parts; false: the model is told of them.
    bool cache_key = false;  ///< Sends `ModelCall::cache_key` as `prompt_cache_key`.
    /// Marks each tool as strict whose schema the server can hold the model to, so that arguments always fit it.
    bool strict_tools = false;
    /// Sends an assistant turn's reasoning back as `reasoning_content` where it called tools, to the model that wrote
    /// it (DeepSeek demands it; most others refuse a member that they do not know).
    bool reasoning_with_tool_calls = false;
    /// Further members of each request: name and JSON text, written after the conversation in this order.
    std::vector<std::pair<std::string, std::string>> extra_members = {};
};

}  // namespace cortex::dialects::openai_chat
