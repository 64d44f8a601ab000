#pragma once

#include <string>
#include <string_view>

namespace cortex {

/// Standard alphabet with padding, no line breaks. At most 512 MiB of bytes.
std::string base64(std::string_view bytes);

/// Appends what standard base64 (padded, no line breaks) stands for; false, and nothing appended, for anything else.
bool append_from_base64(std::string_view text, std::string& out);

}  // namespace cortex
