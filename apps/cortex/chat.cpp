#include "chat.hpp"

#include "engine_choice.hpp"
#include "exit_code.hpp"
#include "explain.hpp"
#include "signals.hpp"
#include "spend_log.hpp"
#include "turn.hpp"
#include "watch_turn.hpp"

#include <unistd.h>

#include <csignal>

namespace cortex::cli {
namespace {

Session new_session(const Engine& engine, const Toolbox& tools, const std::string& system, const std::string& user) {
    return engine.create_agent(tools.agent(system)).start_session({.user_id = user});
}

}  // namespace

Chat::Chat(const ChatOptions& options, Context& context)
    : context_(context),
      turn_(turn_options(options.turn)),
      user_(options.turn.user.value_or("default")),
      system_(options.turn.system.value_or("")),
      quiet_tools_(options.tools.quiet),
      explain_(options.tools.explain),
      thinking_(options.turn.thinking.value_or("auto")),
      tools_(options.tools),
      config_(engine_config(options.engine)),
      engine_(choose_engine(config_, context.signals)),
      session_(new_session(engine_, tools_, system_, user_)),
      input_(context.signals) {
    turn_.show_thinking = options.tools.show_thinking;
}

int Chat::run() {
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

void Chat::converse() {
    if (input_.interactive())
        write_stderr("cortex " + std::string(version()) + ": /help lists the commands, Ctrl-D leaves.\n");
    bool interrupted_before = false;
    for (;;) {
        ChatInput::Item item = input_.next();
        switch (item.kind) {
            case ChatInput::Kind::end:
                if (input_.interactive()) write_stderr("\n");
                return;
            case ChatInput::Kind::signal:
                if (!input_.interactive() || item.signal != SIGINT || interrupted_before)
                    throw Interrupted{item.signal};
                interrupted_before = true;
                write_stderr("\nCtrl-C again, Ctrl-D or /quit leaves.\n");
                break;
            case ChatInput::Kind::line:
                interrupted_before = false;
                if (!obey(item.line)) return;
                break;
        }
    }
}

bool Chat::obey(const std::string& line) {
    if (line.find_first_not_of(" \t") == std::string::npos) return true;
    const ChatCommand command = parse_chat_command(line, input_.interactive());
    switch (command.kind) {
        case ChatCommand::Kind::message: ask(line); break;
        case ChatCommand::Kind::unknown: write_stderr(without_controls(command.value)); break;
        case ChatCommand::Kind::help: write_stderr(chat_help()); break;
        case ChatCommand::Kind::model:
            if (command.value.empty())
                show_models();
            else
                change_models(command);
            break;
        case ChatCommand::Kind::think: change_thinking(command.value); break;
        case ChatCommand::Kind::cost: write_stderr(totals_.text()); break;
        case ChatCommand::Kind::clear: start_anew(); break;
        case ChatCommand::Kind::exit: return false;
    }
    return true;
}

void Chat::start_anew() {
    session_ = new_session(engine_, tools_, system_, user_);
    totals_ = {};
    said_something_ = false;
}

/// A turn that fails or is stopped is told, and the conversation goes on.
void Chat::ask(const std::string& message) {
    const TurnScreen::Parts parts{.text = output_.terminal(),
                                  .thinking = turn_.show_thinking,
                                  .tools = !tools_.empty() && !quiet_tools_ && ::isatty(STDERR_FILENO) == 1};
    try {
        const SpendWatch spend(engine_);
        Run run = session_.start(message, options_for_next_turn(), parts.text || parts.thinking || parts.tools);
        const Response response = watch_turn(run, context_.signals, output_, tools_, parts);
        if (!parts.text) output_.write(response.content + "\n");
        said_something_ = true;
        totals_.add(response.metadata);
        spent_ += response.metadata.cost_usd.value_or(0.0);
        show_notices(response.metadata);
        if (explain_) write_stderr(without_controls(explanation(response.metadata)));
    } catch (const Error& error) {
        say(error.what());
    } catch (const Interrupted& stop) {
        if (stop.signal != SIGINT) throw;
        context_.signals.take();
        write_stderr("cortex: stopped.\n");
    }
}

/// The money is that of the whole chat, so each turn may spend what is left.
TurnOptions Chat::options_for_next_turn() const {
    TurnOptions options = turn_;
    if (!options.max_cost) return options;
    *options.max_cost -= spent_;
    if (!(*options.max_cost > 0.0))
        throw_error({.code = ErrorCode::budget_exceeded,
                     .message = "The money of --max-cost is spent. Start again with a larger sum."});
    return options;
}

void Chat::show_models() const {
    const auto name = [this](const std::string& role, const std::string& other) {
        if (!role.empty()) return role;
        if (!other.empty()) return other;
        const std::vector<ProviderStatus> providers = engine_.providers();
        return providers.empty() ? std::string("none")
                                 : providers.front().default_model + " (default of " + providers.front().name + ")";
    };
    tell("orchestrator: " + name(config_.orchestrator_model, config_.worker_model) +
         "\nworker: " + name(config_.worker_model, config_.orchestrator_model));
}

/// The new engine is made before the old one goes, so that a model that there is not changes nothing.
void Chat::change_models(const ChatCommand& command) {
    EngineConfig config = config_;
    if (command.role != "worker") config.orchestrator_model = command.value;
    if (command.role != "orchestrator") config.worker_model = command.value;
    try {
        Engine engine = choose_engine(config, context_.signals);
        Session session = new_session(engine, tools_, system_, user_);
        session_ = std::move(session);
        engine_ = std::move(engine);
        config_ = std::move(config);
    } catch (const Error& error) {
        say(error.what());
        return;
    }
    show_models();
    if (said_something_) tell("The conversation begins anew: what was said stays with the models before.");
    said_something_ = false;
}

void Chat::change_thinking(const std::string& wish) {
    if (!wish.empty()) {
        thinking_ = wish;
        turn_.thinking = Thinking(std::string_view(wish));
    }
    tell("thinking: " + thinking_ + (turn_.thinking.kind() == Thinking::Kind::budget ? " tokens" : ""));
}

void Chat::tell(const std::string& sentence) const { write_stderr(without_controls(sentence) + "\n"); }

}  // namespace cortex::cli
