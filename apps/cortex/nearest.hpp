#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cortex::cli {

/// The known word that was probably meant, or "".
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace cortex::cli
