#pragma once

#include <string>
#include <string_view>

namespace cortex {

/// The text with every occurrence of `secret`, and of any slice of it of eight or more characters, replaced by "<redacted>":
/// vendors repeat keys in their error messages. Secrets shorter than four characters are left alone (they would mask words).
std::string mask_secret(std::string_view text, std::string_view secret);

}  // namespace cortex
