#pragma once

#include "core/http.hpp"

#include <string_view>
#include <vector>

namespace cortex::channels {

/// Adds a beta to the list in `anthropic-beta`, which the user's own header may have begun.
void add_beta(std::vector<HttpHeader>& headers, std::string_view beta);

}  // namespace cortex::channels
