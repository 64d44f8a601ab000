#pragma once

#include <cortex/config.hpp>

#include <optional>
#include <string>

namespace cortex::cli {

/// The file that `--config` names (`named`), else the one in CORTEX_CONFIG, else none.
std::optional<std::string> config_path(const std::optional<std::string>& named);

/// Reads a `cortex.toml`: the engine's fields at the top level, a table `[providers.NAME]` for each provider, whose order in
/// the file is the order of preference. Throws ConfigError with the file's path, and the line where there is one; no text of
/// the file but its keys is repeated, since any value may be a secret.
EngineConfig read_config_file(const std::string& path);

}  // namespace cortex::cli
