#pragma once
// What an answer depends on, in no vendor's words.

#include "json_util.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

struct OfferedTool {
    std::string name;
    json::object schema;
};

struct ToolOutcome {
    std::string name;  ///< of the tool; empty when the history does not tell
    std::string text;
    bool is_error = false;
};

enum class ToolWish { free, forced, named, none };

/// Whether a user message scripts tool calls: it has a line that begins with `CALL_`.
[[nodiscard]] bool asks_for_calls(std::string_view text);

struct Prompt {
    std::string user_text;                ///< the newest user turn's text
    std::string task_text;                ///< of the user message that began the turn; it scripts the tool calls
    std::size_t rounds = 0;               ///< how many answers of the turn called tools already
    std::vector<ToolOutcome> outcomes;    ///< non-empty: the newest turn brings tool results
    std::vector<OfferedTool> tools;
    ToolWish wish = ToolWish::free;
    std::string named_tool;
    bool parallel_tools = true;
    bool thinks = false;                  ///< a thinking block comes first
    bool json_object = false;             ///< the answer must be some JSON object
    std::optional<json::object> schema;   ///< the answer must be JSON of this schema
    std::size_t max_tokens = 0;           ///< of the visible answer
    std::vector<std::string> stops;
};

}  // namespace emulator
