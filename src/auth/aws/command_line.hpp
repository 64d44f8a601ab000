#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::aws {

/// A command line's words as a POSIX shell splits them, quotes and backslashes taken away; nothing is expanded, and no shell runs.
/// Nothing where a quote has no end.
std::optional<std::vector<std::string>> split_command(std::string_view line);

/// The first line of a program's error output, fit to be shown: at most 200 bytes, what looks like a key masked.
std::string shown_line(std::string_view error_output);

}  // namespace cortex::auth::aws
