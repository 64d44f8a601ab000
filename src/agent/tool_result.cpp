#include "agent/tool_result.hpp"

#include "core/attachment_block.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::agent {
namespace {

std::string legal_text(std::string_view text, std::size_t max_bytes) {
    const std::string_view kept = text.size() > max_bytes ? utf8_prefix(text, max_bytes) : text;
    std::string out = invalid_utf8_offset(kept) ? replace_invalid_utf8(kept) : std::string(kept);
    if (kept.size() < text.size())
        out += fmt::format("\n[The result was cut: {} of its {} bytes are missing here. Ask for less at a time to see the rest.]", text.size() - kept.size(),
                           text.size());
    return out;
}

}  // namespace

ToolResultBlock tool_result(std::string call_id, ToolOutcome outcome, std::size_t max_bytes) {
    ToolResultBlock result{.tool_use_id = std::move(call_id), .content = {}, .is_error = outcome.is_error};
    std::string text = legal_text(outcome.content, max_bytes);
    std::vector<ContentBlock> blocks;
    for (std::size_t i = 0; i < outcome.attachments.size(); ++i) {
        auto block = attachment_block(outcome.attachments[i], fmt::format("attachments[{}]", i));
        if (block)
            blocks.push_back(*std::move(block));
        else
            text += fmt::format("{}[An attachment of the result is not shown: {}]", text.empty() ? "" : "\n", block.error().message);
    }
    if (!text.empty()) result.content.push_back({.value = TextBlock{std::move(text)}, .raw = {}});
    for (ContentBlock& block : blocks) result.content.push_back(std::move(block));
    return result;
}

}  // namespace cortex::agent
