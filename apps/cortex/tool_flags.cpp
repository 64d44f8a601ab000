#include "tool_flags.hpp"

#include "options.hpp"

#include <CLI/CLI.hpp>

#include <charconv>

namespace cortex::cli {

void add_tool_options(CLI::App& command, ToolFlags& flags) {
    constexpr const char* group = "Tools and thinking";
    command
        .add_option("--tool", flags.tools,
                    "Let the model call a built-in tool; may be repeated: calculator, files=FOLDER (read only), http")
        ->type_name("NAME[=ARG]")
        ->type_size(1)
        ->allow_extra_args(false)
        ->group(group);
    command
        .add_option("--max-tool-rounds", flags.max_rounds, "Rounds of calls before an answer is asked for; default 5")
        ->type_name("N")
        ->group(group);
    command
        .add_option("--approve", flags.approve,
                    "Whether calls of files and http are run, asked about at the terminal, or refused")
        ->type_name("always|ask|never")
        ->group(group);
    command.add_flag("--quiet-tools", flags.quiet, "Do not show calls and their results")->group(group);
    command.add_flag("--show-thinking", flags.show_thinking, "Show the model's thinking on standard error")
        ->group(group);
    command
        .add_flag("--explain", flags.explain,
                  "Tell on standard error why this model was chosen and why it thinks or not")
        ->group(group);
}

std::optional<Approve> approve_of(const ToolFlags& flags) {
    if (!flags.approve) return std::nullopt;
    if (*flags.approve == "always") return Approve::always;
    if (*flags.approve == "ask") return Approve::ask;
    if (*flags.approve == "never") return Approve::never;
    usage_error("--approve is \"" + *flags.approve + "\"; it takes always, ask or never.");
}

int max_rounds_of(const ToolFlags& flags) {
    if (!flags.max_rounds) return 5;
    const std::string& text = *flags.max_rounds;
    int rounds = -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rounds);
    if (failure != std::errc() || end != text.data() + text.size() || rounds < 0 || rounds > 100)
        usage_error("--max-tool-rounds is \"" + text + "\"; it takes a whole number from 0 to 100.");
    return rounds;
}

}  // namespace cortex::cli
