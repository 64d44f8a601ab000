#pragma once

#include <cortex/config.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace cortex::cli {

/// Options as they were typed; nothing where they were not. Their values are checked by the functions below, so that each message
/// names the option and what it takes.
struct EngineOptions {
    std::optional<std::string> config = {};
    std::optional<std::string> orchestrator_model = {};
    std::optional<std::string> worker_model = {};
};

struct TurnFlags {
    std::optional<std::string> system = {};
    std::optional<std::string> user = {};
    std::optional<std::string> max_cost = {};
    std::optional<std::string> timeout = {};
    std::optional<std::string> thinking = {};
    std::optional<std::string> max_tokens = {};
};

void add_engine_options(CLI::App& command, EngineOptions& options);
void add_turn_options(CLI::App& command, TurnFlags& options);

/// Wrong on the command line itself: exit code 2.
[[noreturn]] void usage_error(std::string sentence);

/// The configuration file with the command line on top. Throws ConfigError.
EngineConfig engine_config(const EngineOptions& options);
/// Throws ConfigError naming the option.
TurnOptions turn_options(const TurnFlags& options);

}  // namespace cortex::cli
