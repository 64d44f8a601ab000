#pragma once

#include <cortex/tool.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cortex::cli {

/// Tools that the program itself brings, off until a user names them.
struct BuiltinTool {
    std::string_view name;       ///< As on the command line.
    std::string_view argument;   ///< What follows NAME=; "" where nothing does.
    bool asks = false;           ///< Reaches beyond the conversation, so that a person may want to say no.
};

/// Those there are, in the order in which they are told.
const std::vector<BuiltinTool>& builtin_tools();

/// The tools that the model gets for NAME with ARGUMENT ("" where none was given). Throws ConfigError for an argument that is
/// missing, superfluous or wrong. `name` must be one of the above.
std::vector<Tool> make_builtin(std::string_view name, const std::string& argument);

}  // namespace cortex::cli
