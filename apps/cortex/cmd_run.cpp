#include "commands.hpp"
#include "engine_choice.hpp"
#include "error_report.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "preview_text.hpp"
#include "signals.hpp"
#include "stdin_text.hpp"
#include "text_turn.hpp"
#include "turn.hpp"

#include <cortex/cortex.hpp>

#include <CLI/CLI.hpp>

#include <memory>

namespace cortex::cli {
namespace {

struct RunOptions {
    EngineOptions engine = {};
    TurnFlags turn = {};
    std::optional<std::string> prompt = {};
    bool json = false;
    bool stream_json = false;
    bool dry_run = false;
};

/// One object a line. The last chunk waits for the result, so that it can carry the metadata.
Response show_as_lines(Run& run, Context& context, Output& output) {
    std::optional<StreamChunk> last;
    Response response = follow(run, context.signals, output, [&](const StreamChunk& chunk) {
        if (chunk.is_final)
            last = chunk;
        else
            output.write(to_json(chunk) + "\n");
    });
    if (!last)
        last = StreamChunk{
            .is_final = true, .finish_reason = response.metadata.finish_reason, .model = response.metadata.model_used};
    output.write(to_json(*last, &response.metadata) + "\n");
    return response;
}

Response show_object(Run& run, Context& context, Output& output) {
    Response response = follow(run, context.signals, output, [](const StreamChunk&) {});
    output.write(to_json(response) + "\n");
    return response;
}

int answer(const RunOptions& options, Context& context, Output& output) {
    const TurnOptions turn = turn_options(options.turn);
    if (!options.prompt) usage_error("There is no prompt. Give one in quotes, or - to read it from standard input.");
    EngineConfig config = engine_config(options.engine);
    const std::string prompt = *options.prompt == "-" ? read_stdin() : *options.prompt;
    if (!options.dry_run) output.require_open();

    const Engine engine = choose_engine(std::move(config), context.signals);
    const Agent agent = engine.create_agent({.name = "cortex", .system_prompt = options.turn.system.value_or("")});
    Session session = agent.start_session({.user_id = options.turn.user.value_or("default")});
    const bool streaming = options.stream_json || (!options.json && output.terminal());
    if (options.dry_run) {
        const RequestPreview preview = session.preview(prompt, turn, streaming);
        output.write((options.json || options.stream_json) ? to_json(preview) + "\n" : preview_text(preview));
        return exit_code::answered;
    }
    Run run = session.start(prompt, turn, streaming);
    try {
        const Response response = options.stream_json ? show_as_lines(run, context, output)
                                  : options.json      ? show_object(run, context, output)
                                  : streaming         ? show_as_text(run, context.signals, output)
                                                      : show_whole_text(run, context.signals, output);
        show_notices(response.metadata);
    } catch (Interrupted& stop) {
        say_interrupted(stop);
        throw;
    } catch (const ReaderGone&) {
        Signals::leave_soon(exit_code::answered);
        throw;
    }
    return exit_code::answered;
}

/// What went wrong first is what the user must hear of, whether or not it can be printed here.
void try_write(Output& output, const std::string& text) {
    try {
        output.write(text);
    } catch (const ReaderGone&) {
    } catch (const OutputFailed&) {
    }
}

int run_command(const RunOptions& options, Context& context) {
    Output output;
    try {
        return answer(options, context, output);
    } catch (const Error& error) {
        if (options.json) try_write(output, error_json(error.info()) + "\n");
        throw;
    }
}

}  // namespace

void register_run(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<RunOptions>();
    CLI::App& command = *program.add_subcommand("run", "Ask once and print the answer");
    command.add_option("PROMPT", options->prompt, "What to ask; - reads it from standard input to its end")
        ->type_name("");
    CLI::Option* json = command.add_flag("--json", options->json, "Print one object {content, metadata}");
    command.add_flag("--stream-json", options->stream_json, "Print one object a line, as the answer arrives")
        ->excludes(json);
    command.add_flag("--dry-run", options->dry_run,
                     "Print the exact request and each decision with its reason; send nothing");
    add_engine_options(command, options->engine);
    add_turn_options(command, options->turn);
    command.callback(
        [options, &chosen] { chosen = [options](Context& context) { return run_command(*options, context); }; });
}

}  // namespace cortex::cli
