#pragma once

#include "core/content.hpp"
#include "core/result.hpp"

#include <cortex/config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cortex {

/// The user's message as the conversation holds it: attachments first, then the text. Fails with a ConfigError for text that
/// is empty or not UTF-8, and for an attachment that is not one. `instruction`: what the engine adds behind it; "": nothing.
Result<MessagePtr> user_message(std::string_view text, const std::vector<Attachment>& attachments, std::string instruction = {});

}  // namespace cortex
