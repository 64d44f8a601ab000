#include "chat.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cortex::cli {
namespace {

int chat_command(const ChatOptions& options, Context& context) {
    // What is wrong on the command line is told before anything else happens.
    turn_options(options.turn);
    approve_of(options.tools);
    max_rounds_of(options.tools);
    Output().require_open();
    return Chat(options, context).run();
}

}  // namespace

void register_chat(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<ChatOptions>();
    CLI::App& command = *program.add_subcommand("chat", "A conversation: a line in, an answer out");
    add_engine_options(command, options->engine);
    add_turn_options(command, options->turn);
    add_tool_options(command, options->tools);
    command.callback(
        [options, &chosen] { chosen = [options](Context& context) { return chat_command(*options, context); }; });
}

}  // namespace cortex::cli
