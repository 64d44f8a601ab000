#pragma once

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// In lower-case hexadecimal digits. AWS's tools name files by it; nothing is protected by it.
std::string sha1_hex(std::string_view text);

}  // namespace cortex::auth::aws
