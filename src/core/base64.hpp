#pragma once

#include <string>
#include <string_view>

namespace cortex {

/// Standard alphabet with padding, no line breaks. At most 512 MiB of bytes.
std::string base64(std::string_view bytes);

}  // namespace cortex
