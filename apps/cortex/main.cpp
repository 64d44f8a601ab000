#include "commands.hpp"
#include "error_report.hpp"
#include "exit_code.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "usage.hpp"

#include <cortex/engine.hpp>
#include <cortex/error.hpp>

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <cstring>
#include <exception>

namespace cortex::cli {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 answered, 2 usage or configuration, 3 authentication, 4 provider unavailable, rate-limited or\n"
    "timed out, 5 a budget or limit was reached, 6 the model refused, 130 interrupted, 1 anything else.";

/// Understands the command line; returns an exit code where that was all there was to do.
std::optional<int> parse(CLI::App& program, int argc, char** argv) {
    try {
        program.parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        Output().write(program.help());
        return exit_code::answered;
    } catch (const CLI::CallForVersion&) {
        Output().write("cortex " + std::string(version()) + "\n");
        return exit_code::answered;
    } catch (const CLI::ExtrasError&) {
        say(unexpected_word(program));
    } catch (const CLI::RequiredError&) {
        say(argc < 2                          ? "No command was given. See: cortex --help"
            : program.remaining(true).empty() ? missing_word(program)
                                              : unexpected_word(program));
    } catch (const CLI::ParseError& error) {
        say(std::string(error.what()) + ". See: cortex --help");
    }
    return exit_code::usage;
}

int dispatch(int argc, char** argv, Context& context) {
    if (argc > 1 && std::strcmp(argv[1], "emulator") == 0) return exec_emulator(argv);
    if (argc > 1)
        if (const std::string sentence = later_command(argv[1]); !sentence.empty()) {
            say(sentence);
            return exit_code::usage;
        }

    CLI::App program{"corteX: an engine for LLM agents", "cortex"};
    program.require_subcommand(1);
    program.set_version_flag("--version", version());
    program.footer(exit_codes);
    Task chosen;
    register_run(program, chosen);
    register_chat(program, chosen);
    register_models(program, chosen);
    register_providers(program, chosen);
    register_doctor(program, chosen);
    register_costs(program, chosen);
    register_local(program, chosen);
    register_emulator(program, chosen);
    if (const auto code = parse(program, argc, argv)) return *code;
    return chosen(context);
}

int guarded(int argc, char** argv, Context& context) {
    try {
        return dispatch(argc, argv, context);
    } catch (const Error& error) {
        say(error.what());
        return exit_code_for(error.code());
    } catch (const Interrupted& stop) {
        if (!stop.told) say("interrupted.");
        return 128 + stop.signal;
    } catch (const ReaderGone&) {
        return exit_code::answered;   // whoever closed the pipe had read enough
    } catch (const OutputFailed& failure) {
        say(std::string("Standard output cannot be written: ") + std::strerror(failure.error) +
            ". Free some space, or send it elsewhere.");
        return exit_code::other;
    } catch (const std::exception& error) {
        say(std::string("An unexpected failure: ") + error.what());
        return exit_code::other;
    }
}

/// A library is silent unless it is asked; a program tells its user when something is asked again.
void log_warnings_by_default() {
    const char* wish = std::getenv("CORTEX_LOG");
    if (wish == nullptr || *wish == '\0') ::setenv("CORTEX_LOG", "warn", 1);
}

}  // namespace
}  // namespace cortex::cli

int main(int argc, char** argv) {
    cortex::cli::claim_standard_descriptors();
    cortex::cli::log_warnings_by_default();
    cortex::cli::Signals signals;
    cortex::cli::Context context{signals};
    return cortex::cli::guarded(argc, argv, context);
}
