#pragma once

#include <string>
#include <string_view>

namespace cortex::cli {

/// A line of a chat, understood.
struct ChatCommand {
    enum class Kind {
        message,   ///< For the model.
        unknown,   ///< Looks like a slip in a command; `value` is the sentence for the user.
        help,
        model,  ///< `role`: "orchestrator", "worker" or "" for both; `value`: the model, "" to show the present ones.
        think,  ///< `value`: "auto", "off" or a number, "" to show the present wish.
        cost,
        clear,
        exit,
    };
    Kind kind = Kind::message;
    std::string role = {};
    std::string value = {};
};

/// `person`: somebody types, and wants to hear of a slip; from a pipe whatever is no command is a message.
ChatCommand parse_chat_command(std::string_view line, bool person);

/// The list of commands.
std::string_view chat_help();

}  // namespace cortex::cli
