#pragma once

#include <string>

namespace cortex::cli {

/// The whole file, at most 16 MiB. Throws a ConfigError that names the path, the reason, and `advice`, a sentence.
std::string read_file(const std::string& path, const char* advice);

}  // namespace cortex::cli
