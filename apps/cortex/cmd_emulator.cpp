#include "commands.hpp"
#include "exit_code.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <string>

namespace cortex::cli {
namespace {

/// The folder of this program, or "".
std::string own_folder() {
    std::array<char, PATH_MAX> path{};
    const auto size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return {};
    const std::string_view whole(path.data(), static_cast<std::size_t>(size));
    return std::string(whole.substr(0, whole.rfind('/')));
}

}  // namespace

int exec_emulator(char** argv) {
    constexpr const char* name = "cortex-emulator";
    std::string shown = name;
    char** arguments = argv + 1;
    arguments[0] = shown.data();
    // An ignored signal stays ignored over exec; the emulator chooses for itself.
    ::signal(SIGPIPE, SIG_DFL);
    if (const std::string folder = own_folder(); !folder.empty())
        for (const char* place : {"/", "/../libexec/cortex/"}) ::execv((folder + place + name).c_str(), arguments);
    ::execvp(name, arguments);
    say(std::string(name) + " could not be started: " + std::strerror(errno) +
        ". Install it beside this program or put its folder into PATH.");
    return exit_code::other;
}

void register_emulator(CLI::App& program, Task&) {
    program.add_subcommand("emulator", "Start the strict emulator, a server for tests; its own options follow");
}

}  // namespace cortex::cli
