#include "toolbox.hpp"

#include "nearest.hpp"
#include "options.hpp"
#include "output.hpp"
#include "tool_flags.hpp"
#include "tools/builtin_tools.hpp"

#include <unistd.h>

#include <algorithm>

namespace cortex::cli {
namespace {

const BuiltinTool& find_builtin(const std::string& name) {
    std::string names;
    std::vector<std::string> known;
    for (const BuiltinTool& tool : builtin_tools()) {
        if (tool.name == name) return tool;
        known.emplace_back(tool.name);
        names += (names.empty() ? "" : ", ") + std::string(tool.name) +
                 (tool.argument.empty() ? "" : "=" + std::string(tool.argument));
    }
    const std::string near = nearest(name, known);
    usage_error("There is no built-in tool \"" + name + "\". " +
                (near.empty() ? "There are: " + names + "." : "Did you mean " + near + "?"));
}

bool has(const ToolFlags& flags, std::string_view name) {
    return std::any_of(flags.tools.begin(), flags.tools.end(),
                       [&](const std::string& word) { return word.substr(0, word.find('=')) == name; });
}

/// A person who was not asked agreed by naming the tool. Not to this: what a page says may make a model put what it has read in
/// a file into the next URL.
bool could_carry_files_out(const ToolFlags& flags) { return has(flags, "files") && has(flags, "http"); }

Approver::Way way(const ToolFlags& flags) {
    const bool person = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    const auto wish = approve_of(flags);
    if (wish == Approve::always) return Approver::Way::allow;
    if (wish == Approve::never) return Approver::Way::refuse;
    if (person) return Approver::Way::ask;
    return wish == Approve::ask || could_carry_files_out(flags) ? Approver::Way::nobody : Approver::Way::allow;
}

}  // namespace

Toolbox::Toolbox(const ToolFlags& flags) : max_rounds_(max_rounds_of(flags)), approver_(way(flags)) {
    std::vector<std::string_view> given;
    for (const std::string& word : flags.tools) {
        const std::size_t equals = std::min(word.find('='), word.size());
        const BuiltinTool& builtin = find_builtin(word.substr(0, equals));
        if (std::find(given.begin(), given.end(), builtin.name) != given.end())
            usage_error("--tool " + std::string(builtin.name) + " was given twice.");
        given.push_back(builtin.name);
        for (Tool& tool : make_builtin(builtin.name, word.substr(std::min(equals + 1, word.size())))) {
            tool.ask_run = builtin.asks && approver_.asks_at_all();
            tools_.push_back(trace_.watched(std::move(tool)));
        }
    }
}

AgentConfig Toolbox::agent(std::string system_prompt) const {
    return {
        .name = "cortex", .system_prompt = std::move(system_prompt), .tools = tools_, .max_tool_rounds = max_rounds_};
}

}  // namespace cortex::cli
