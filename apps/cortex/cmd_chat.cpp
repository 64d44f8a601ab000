#include "chat_input.hpp"
#include "commands.hpp"
#include "engine_choice.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "text_turn.hpp"
#include "turn.hpp"

#include <cortex/cortex.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>

namespace cortex::cli {
namespace {

struct ChatOptions {
    EngineOptions engine = {};
    TurnFlags turn = {};
};

constexpr const char* help_text =
    "/help          this text\n"
    "/new           a new conversation: what was said is forgotten\n"
    "/stats         turns, tokens and cost so far\n"
    "/quit          leave; so does Ctrl-D\n"
    "Ctrl-C stops an answer. A line is one message; for a text of several lines use: cortex run - < FILE\n";

/// What the answered turns of this chat came to.
struct Totals {
    int turns = 0;
    std::int64_t tokens = 0;
    double usd = 0.0;
    bool all_priced = true;

    void add(const ResponseMetadata& metadata) {
        ++turns;
        tokens += metadata.tokens_used;
        usd += metadata.cost_usd.value_or(0.0);
        all_priced = all_priced && metadata.cost_usd.has_value();
    }
    std::string text() const {
        std::array<char, 32> money{};
        std::snprintf(money.data(), money.size(), "%.6f", usd);
        std::string out = std::to_string(turns) + (turns == 1 ? " turn, " : " turns, ") + std::to_string(tokens) +
                          " tokens, " + money.data() + " USD";
        return out + (all_priced ? "\n" : " and turns whose price is unknown\n");
    }
};

class Chat {
public:
    Chat(const ChatOptions& options, Context& context, Engine engine)
        : context_(context),
          turn_(turn_options(options.turn)),
          user_(options.turn.user.value_or("default")),
          engine_(std::move(engine)),
          agent_(engine_.create_agent({.name = "cortex", .system_prompt = options.turn.system.value_or("")})),
          session_(new_session()),
          input_(context.signals) {}

    int run() {
        try {
            converse();
        } catch (Interrupted& stop) {
            say_interrupted(stop);
            throw;
        } catch (const ReaderGone&) {
            Signals::leave_soon(exit_code::answered);
            throw;
        }
        Signals::leave_soon(exit_code::answered);
        return exit_code::answered;
    }

private:
    void converse() {
        if (input_.interactive())
            write_stderr("cortex " + std::string(version()) + ": /help lists the commands, Ctrl-D leaves.\n");
        for (;;) {
            ChatInput::Item item = input_.next();
            switch (item.kind) {
                case ChatInput::Kind::end:
                    if (input_.interactive()) write_stderr("\n");
                    return;
                case ChatInput::Kind::signal:
                    if (!input_.interactive() || item.signal != SIGINT) throw Interrupted{item.signal};
                    write_stderr("\nCtrl-D or /quit leaves.\n");
                    break;
                case ChatInput::Kind::line:
                    if (!obey(item.line)) return;
                    break;
            }
        }
    }

    Session new_session() const { return agent_.start_session({.user_id = user_}); }

    /// False when the user wants to leave.
    bool obey(const std::string& line) {
        if (line.find_first_not_of(" \t") == std::string::npos) return true;
        if (line == "/quit" || line == "/exit") return false;
        if (line == "/help") {
            write_stderr(help_text);
        } else if (line == "/new" || line == "/reset") {
            session_ = new_session();
            totals_ = {};
        } else if (line == "/stats") {
            write_stderr(totals_.text());
        } else if (input_.interactive() && looks_like_command(line)) {
            write_stderr("There is no command " + without_controls(line) +
                         "; /help lists them. To send it as a message, begin with a space.\n");
        } else {
            ask(line);
        }
        return true;
    }

    /// One word after a slash, as a slip of the fingers would be; a path has more.
    static bool looks_like_command(const std::string& line) {
        return line.front() == '/' &&
               std::all_of(line.begin() + 1, line.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    }

    /// A turn that fails or is stopped is told, and the conversation goes on.
    void ask(const std::string& message) {
        try {
            Run run = session_.start(message, options_for_next_turn(), output_.terminal());
            const Response response = output_.terminal() ? show_as_text(run, context_.signals, output_)
                                                         : show_whole_text(run, context_.signals, output_);
            totals_.add(response.metadata);
            spent_ += response.metadata.cost_usd.value_or(0.0);
            show_notices(response.metadata);
        } catch (const Error& error) {
            say(error.what());
        } catch (const Interrupted& stop) {
            if (stop.signal != SIGINT) throw;
            context_.signals.take();
            write_stderr("cortex: stopped.\n");
        }
    }

    /// The money is that of the whole chat, so each turn may spend what is left.
    TurnOptions options_for_next_turn() const {
        TurnOptions options = turn_;
        if (!options.max_cost) return options;
        *options.max_cost -= spent_;
        if (!(*options.max_cost > 0.0))
            throw_error({.code = ErrorCode::budget_exceeded,
                         .message = "The money of --max-cost is spent. Start again with a larger sum."});
        return options;
    }

    Context& context_;
    TurnOptions turn_;
    std::string user_;
    Engine engine_;
    Agent agent_;
    Session session_;
    ChatInput input_;
    Output output_;
    Totals totals_;
    double spent_ = 0.0;
};

int chat_command(const ChatOptions& options, Context& context) {
    turn_options(options.turn);   // what is wrong on the command line is told before anything else happens
    Output().require_open();
    return Chat(options, context, choose_engine(engine_config(options.engine), context.signals)).run();
}

}  // namespace

void register_chat(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<ChatOptions>();
    CLI::App& command = *program.add_subcommand("chat", "A conversation: a line in, an answer out");
    add_engine_options(command, options->engine);
    add_turn_options(command, options->turn);
    command.callback(
        [options, &chosen] { chosen = [options](Context& context) { return chat_command(*options, context); }; });
}

}  // namespace cortex::cli
