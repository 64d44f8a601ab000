#pragma once

#include <string>

namespace cortex::cli {

/// Standard input to its end, byte for byte. Throws ConfigError where it cannot be read.
std::string read_stdin();

}  // namespace cortex::cli
