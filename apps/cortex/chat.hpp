#pragma once

#include "chat_command.hpp"
#include "chat_input.hpp"
#include "chat_totals.hpp"
#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "tool_flags.hpp"
#include "toolbox.hpp"

#include <cortex/cortex.hpp>

#include <string>

namespace cortex::cli {

struct ChatOptions {
    EngineOptions engine = {};
    TurnFlags turn = {};
    ToolFlags tools = {};
};

/// A conversation in lines: with a person at a terminal, or with a program through a pipe.
class Chat {
public:
    /// Throws ConfigError for what is wrong in the options, and what `choose_engine` throws.
    Chat(const ChatOptions& options, Context& context);

    /// Until the user leaves; returns the exit code.
    int run();

private:
    void converse();
    /// False when the user wants to leave.
    bool obey(const std::string& line);
    void ask(const std::string& message);
    void start_anew();
    void show_models() const;
    void change_models(const ChatCommand& command);
    void change_thinking(const std::string& wish);
    void tell(const std::string& sentence) const;
    TurnOptions options_for_next_turn() const;

    Context& context_;
    TurnOptions turn_;
    std::string user_;
    std::string system_;
    bool quiet_tools_;
    bool explain_;
    std::string thinking_ = "auto";   ///< As it was typed.
    Toolbox tools_;                   // before the engine: its tools run until that is gone
    EngineConfig config_;
    Engine engine_;
    Session session_;
    ChatInput input_;
    Output output_;
    ChatTotals totals_;
    bool said_something_ = false;     ///< In this conversation.
    double spent_ = 0.0;
};

}  // namespace cortex::cli
