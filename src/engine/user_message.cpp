#include "engine/user_message.hpp"

#include "core/attachment_block.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {

Result<MessagePtr> user_message(std::string_view text, const std::vector<Attachment>& attachments, std::string instruction) {
    // Vendors refuse a text of nothing but white space as they refuse an empty one.
    if (trim(text).empty()) return ErrorInfo{.code = ErrorCode::config, .message = "The message is empty. Give the model something to answer."};
    if (auto checked = require_utf8("The message", text); !checked) return std::move(checked).error();
    auto message = std::make_shared<Message>();
    message->role = Role::user;
    message->content.reserve(attachments.size() + 1);
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        Result<ContentBlock> block = attachment_block(attachments[i], fmt::format("attachments[{}]", i));
        if (!block) return std::move(block).error();
        message->content.push_back(*std::move(block));
    }
    message->content.push_back({.value = TextBlock{std::string(text)}, .raw = {}});
    if (!instruction.empty()) message->content.push_back({.value = TextBlock{std::move(instruction)}, .raw = {}});
    return MessagePtr(std::move(message));
}

}  // namespace cortex
