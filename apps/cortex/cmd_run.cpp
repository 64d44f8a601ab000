#include "commands.hpp"
#include "engine_choice.hpp"
#include "error_report.hpp"
#include "exit_code.hpp"
#include "explain.hpp"
#include "file_text.hpp"
#include "options.hpp"
#include "output.hpp"
#include "preview_text.hpp"
#include "signals.hpp"
#include "spend_log.hpp"
#include "stdin_text.hpp"
#include "tool_flags.hpp"
#include "toolbox.hpp"
#include "turn.hpp"
#include "watch_turn.hpp"

#include <cortex/cortex.hpp>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>

namespace cortex::cli {
namespace {

struct RunOptions {
    EngineOptions engine = {};
    TurnFlags turn = {};
    ToolFlags tools = {};
    std::optional<std::string> prompt = {};
    std::optional<std::string> schema = {};
    bool json = false;
    bool stream_json = false;
    bool dry_run = false;
};

/// One object a line. The last chunk waits for the result, so that it can carry the metadata.
Response show_as_lines(Run& run, Context& context, Output& output, Toolbox& tools) {
    std::optional<StreamChunk> last;
    const auto on_chunk = [&](const StreamChunk& chunk) {
        if (chunk.is_final)
            last = chunk;
        else
            output.write(to_json(chunk) + "\n");
    };
    Response response = follow(run, context.signals, output, tools.approver(), {.on_chunk = on_chunk});
    if (!last)
        last = StreamChunk{
            .is_final = true, .finish_reason = response.metadata.finish_reason, .model = response.metadata.model_used};
    output.write(to_json(*last, &response.metadata) + "\n");
    return response;
}

/// What is shown while the turn runs, beside the form that the answer itself has.
TurnScreen::Parts parts_of(const RunOptions& options, const Toolbox& tools, const Output& output) {
    if (options.stream_json) return {};
    // An answer that must fit a schema is shown when it does.
    return {.text = !options.json && !options.schema && output.terminal(),
            .thinking = options.tools.show_thinking,
            .tools = !tools.empty() && !options.tools.quiet && ::isatty(STDERR_FILENO) == 1};
}

Response show(Run& run, const RunOptions& options, Context& context, Output& output, Toolbox& tools,
              TurnScreen::Parts parts) {
    if (options.stream_json) return show_as_lines(run, context, output, tools);
    Response response = watch_turn(run, context.signals, output, tools, parts);
    if (options.json)
        output.write(to_json(response) + "\n");
    else if (!parts.text)
        output.write(response.content + "\n");
    return response;
}

int preview(const RunOptions& options, const RequestPreview& request, Output& output) {
    output.write((options.json || options.stream_json) ? to_json(request) + "\n" : preview_text(request));
    if (options.tools.explain)
        for (const std::string& decision : request.decisions)
            write_stderr("decision: " + without_controls(decision) + "\n");
    return exit_code::answered;
}

std::string schema_in(const std::string& path) {
    std::string text = read_file(path, "Name a file that holds a JSON Schema with --schema.");
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) usage_error("--schema " + path + " is empty; it must hold a JSON Schema.");
    return text;
}

int answer(const RunOptions& options, Context& context, Output& output) {
    TurnOptions turn = turn_options(options.turn);
    turn.show_thinking = options.tools.show_thinking;
    if (options.schema) turn.answer_schema = schema_in(*options.schema);
    Toolbox tools(options.tools);
    if (!options.prompt) usage_error("There is no prompt. Give one in quotes, or - to read it from standard input.");
    EngineConfig config = engine_config(options.engine);
    const std::string prompt = *options.prompt == "-" ? read_stdin() : *options.prompt;
    if (!options.dry_run) output.require_open();

    const Engine engine = choose_engine(std::move(config), context.signals);
    const Agent agent = engine.create_agent(tools.agent(options.turn.system.value_or("")));
    Session session = agent.start_session({.user_id = options.turn.user.value_or("default")});
    const TurnScreen::Parts parts = parts_of(options, tools, output);
    const bool streaming = options.stream_json || parts.text || parts.thinking || parts.tools;
    if (options.dry_run) return preview(options, session.preview(prompt, turn, streaming), output);
    const SpendWatch spend(engine);
    Run run = session.start(prompt, turn, streaming);
    try {
        const Response response = show(run, options, context, output, tools, parts);
        show_notices(response.metadata);
        if (options.tools.explain) write_stderr(without_controls(explanation(response.metadata)));
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
    command.add_option("--schema", options->schema, "File with a JSON Schema: the answer is JSON that fits it")->type_name("FILE");
    CLI::Option* json = command.add_flag("--json", options->json, "Print one object {content, metadata}");
    command.add_flag("--stream-json", options->stream_json, "Print one object a line, as the answer arrives")
        ->excludes(json);
    command.add_flag("--dry-run", options->dry_run,
                     "Print the exact request and each decision with its reason; send nothing");
    add_engine_options(command, options->engine);
    add_turn_options(command, options->turn);
    add_tool_options(command, options->tools);
    command.callback(
        [options, &chosen] { chosen = [options](Context& context) { return run_command(*options, context); }; });
}

}  // namespace cortex::cli
