#include "commands.hpp"
#include "exit_code.hpp"
#include "local_pull.hpp"
#include "output.hpp"

#include <cortex/local_model.hpp>

#include <CLI/CLI.hpp>

#include <memory>

namespace cortex::cli {
namespace {

struct LocalOptions {
    std::string name{local_model::default_name};
    std::string from = {};
    bool runtime_only = false;
};

int pull(const LocalOptions& options, Context& context) {
    local_model::PullOptions wish;
    wish.name = options.name;
    wish.from_file = options.from;
    wish.runtime_only = options.runtime_only;
    const local_model::Status status = pull_with_progress(std::move(wish), context.signals);
    if (options.runtime_only)
        say("The program that serves local models is installed: " + status.runtime);
    else
        say(status.weights.title + " is ready in " + status.path.string());
    return exit_code::answered;
}

std::string state_of(const local_model::Status& status) {
    if (status.ready()) return "ready";
    if (!status.fetched) return "not fetched";
    if (!status.verified) return "there, but not checked against its hash";
    return "there, but the program that serves it is not";
}

int status(const LocalOptions& options) {
    const local_model::Status found = local_model::status(options.name);
    std::string text = found.weights.name + ": " + state_of(found) + "\n";
    text += "  model: " + found.weights.title + " by " + found.weights.publisher + ", " + found.weights.license + "\n";
    text += "  file: " + found.path.string() + (found.fetched ? " (" + gigabytes(found.size_bytes) + ")" : "") + "\n";
    text += "  server: " + (found.runtime_installed ? found.runtime : std::string("not installed")) + "\n";
    text += "  memory while it serves: about " + gigabytes(found.weights.memory_bytes) + "\n";
    if (!found.ready()) text += "  to fetch: cortex local pull (" + gigabytes(found.weights.download_bytes) + ")\n";
    Output().write(text);
    return found.ready() ? exit_code::answered : exit_code::other;
}

int remove(const LocalOptions& options) {
    const bool removed = local_model::remove(options.name);
    say(removed ? options.name + " was removed." : options.name + " was not there.");
    return exit_code::answered;
}

void add_name(CLI::App& command, LocalOptions& options) {
    command.add_option("NAME", options.name, "Which weights (default: " + std::string(local_model::default_name) + ")")
        ->type_name("");
}

}  // namespace

void register_local(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<LocalOptions>();
    CLI::App& command = *program.add_subcommand("local", "The small local model: pull, status, remove");
    command.require_subcommand(1);

    CLI::App& fetch = *command.add_subcommand("pull", "Fetch it, or go on where a pull was interrupted");
    add_name(fetch, *options);
    fetch.add_option("--from", options->from, "Take the weights from this file; their hash is checked")
        ->type_name("FILE");
    fetch.add_flag("--runtime-only", options->runtime_only,
                   "Only the program that serves weights, for a GGUF file of your own");
    fetch.callback([options, &chosen] { chosen = [options](Context& context) { return pull(*options, context); }; });

    CLI::App& look = *command.add_subcommand("status", "What is there; exit code 0 when it can serve");
    add_name(look, *options);
    look.callback([options, &chosen] { chosen = [options](Context&) { return status(*options); }; });

    CLI::App& drop = *command.add_subcommand("remove", "Delete it");
    add_name(drop, *options);
    drop.callback([options, &chosen] { chosen = [options](Context&) { return remove(*options); }; });
}

}  // namespace cortex::cli
