#pragma once

#include <string>
#include <string_view>

namespace cortex {

/// All bytes but letters, digits, `-._~` (RFC 3986, "unreserved") and those in `keep` as %XX.
std::string percent_encode(std::string_view text, std::string_view keep = {});

}  // namespace cortex
