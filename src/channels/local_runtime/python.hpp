#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::channels {

/// A Python that can make virtual environments: 3.10 or later with `venv` and `ensurepip`. Tries `python3` along the path
/// first, then versioned names (a pyenv or a project's environment may hide the one that would do).
Result<std::filesystem::path> find_python(std::string_view search_path);

/// The same along PATH and then in /usr/bin, where Debian's own is.
Result<std::filesystem::path> find_python();

/// Command line that runs `script`, sent as the first bytes of standard input; what follows them is the script's own
/// input. Nothing is written to disk, and `ps` shows `title` instead of the program's text.
std::vector<std::string> python_command(const std::filesystem::path& python, std::string_view script,
                                        std::string_view title);

}  // namespace cortex::channels
