#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace cortex::cli {

class Signals;

/// What a command needs of the process.
struct Context {
    Signals& signals;
};

/// The command that was chosen, ready to run; returns the exit code.
using Task = std::function<int(Context&)>;

/// Each adds one command with its options to the program, and sets `chosen` when the user names it.
void register_run(CLI::App& program, Task& chosen);
void register_chat(CLI::App& program, Task& chosen);
void register_models(CLI::App& program, Task& chosen);
void register_providers(CLI::App& program, Task& chosen);
void register_doctor(CLI::App& program, Task& chosen);
void register_costs(CLI::App& program, Task& chosen);
void register_local(CLI::App& program, Task& chosen);
/// For `--help` only: `exec_emulator` takes its arguments as they are.
void register_emulator(CLI::App& program, Task& chosen);

/// Becomes the program `cortex-emulator`, with the arguments from `argv[2]` on. Returns only where that failed.
int exec_emulator(char** argv);

}  // namespace cortex::cli
