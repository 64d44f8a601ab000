#pragma once

#include "core/content.hpp"

#include <cortex/tool.hpp>

#include <cstddef>

namespace cortex::agent {

/// A tool's outcome as the conversation holds it: text healed to UTF-8 and cut to `max_bytes` with a notice that says how much is
/// missing, attachments as blocks behind it. An attachment that is none is named in the text instead.
ToolResultBlock tool_result(std::string call_id, ToolOutcome outcome, std::size_t max_bytes);

}  // namespace cortex::agent
