#pragma once

#include "core/json_writer.hpp"
#include "core/model_call.hpp"

#include <string>
#include <string_view>

namespace cortex::dialects::openai_chat {

/// How a call speaks of tools.
enum class ToolStyle {
    native,     ///< By `tools`, `tool_calls` and messages of the role "tool".
    by_schema,  ///< By a schema for the answer that offers each tool and a final answer: for small models that write JSON
    ///< well but whose own way to call tools no server can read.
    told,  ///< Not at all; what happened before is told as plain text.
};

ToolStyle tool_style(const ModelCall& call) noexcept;

/// The name under which the final answer is offered beside the tools, for ToolStyle::by_schema.
inline constexpr std::string_view final_answer = "final_answer";

/// What the system message says in addition, for ToolStyle::by_schema. The same for the same tools.
std::string schema_instructions(const std::vector<ToolDefinition>& tools);

/// The member `response_format`: one object of the shape {"tool": NAME, "arguments": {...}}.
void write_answer_schema(JsonWriter& json, const std::vector<ToolDefinition>& tools);

}  // namespace cortex::dialects::openai_chat
