#pragma once

#include "core/content.hpp"
#include "core/result.hpp"

#include <cortex/attachment.hpp>

#include <string_view>

namespace cortex {

/// The attachment as a conversation holds it. Fails with a ConfigError that names `field` ("attachments[0]").
Result<ContentBlock> attachment_block(const Attachment& attachment, std::string_view field);

/// Fails with a ConfigError that names `field` where the text is not UTF-8.
Result<void> require_utf8(std::string_view field, std::string_view text);

}  // namespace cortex
