#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string_view>

namespace cortex::channels {

/// The GGUF file that the `local` provider shall serve: `model_path` of its configuration, else `CORTEX_LOCAL_MODEL`, else
/// the default weights if `cortex local pull` has fetched them. Else a `ConfigError` that names all the ways out.
Result<std::filesystem::path> find_model_file(std::string_view model_path);

/// A readable file that begins as GGUF files do, or a `ConfigError`.
Result<void> check_model_file(const std::filesystem::path& path);

}  // namespace cortex::channels
