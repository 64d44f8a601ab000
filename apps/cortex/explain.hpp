#pragma once

#include <cortex/response.hpp>

#include <string>

namespace cortex::cli {

/// Why this model answered and why it thought or not, in words with numbers, a line each.
std::string explanation(const ResponseMetadata& metadata);

}  // namespace cortex::cli
