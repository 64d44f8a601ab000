#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cortex::cli {

/// What the user says of tools, as it was typed; checked by whoever uses it.
struct ToolFlags {
    std::vector<std::string> tools = {};              ///< NAME or NAME=ARGUMENT
    std::optional<std::string> max_rounds = {};
    std::optional<std::string> approve = {};
    bool quiet = false;                               ///< Calls and results are not shown.
    bool show_thinking = false;
    bool explain = false;
};

void add_tool_options(CLI::App& command, ToolFlags& flags);

enum class Approve { always, ask, never };

/// Throws ConfigError for a value that is none; nothing where the user did not say.
std::optional<Approve> approve_of(const ToolFlags& flags);
/// 5 where the user did not say. Throws ConfigError.
int max_rounds_of(const ToolFlags& flags);

}  // namespace cortex::cli
