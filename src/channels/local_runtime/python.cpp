#include "channels/local_runtime/python.hpp"

#include "channels/local_runtime/child_process.hpp"
#include "channels/local_runtime/home.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace cortex::channels {

namespace {

constexpr std::string_view suitable = R"(import sys
if sys.version_info < (3, 10): sys.exit(3)
try:
    import ensurepip, venv
except ImportError:
    sys.exit(4)
)";

std::vector<std::filesystem::path> candidates(std::string_view path) {
    std::vector<std::filesystem::path> folders;
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find(':', start), path.size());
        if (end > start) folders.emplace_back(path.substr(start, end - start));
        start = end + 1;
    }
    std::vector<std::filesystem::path> found;
    for (const char* name : {"python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"})
        for (const auto& folder : folders)
            if (const auto program = folder / name; ::access(program.c_str(), X_OK) == 0) found.push_back(program);
    return found;
}

}  // namespace

Result<std::filesystem::path> find_python() { return find_python(environment_value("PATH") + ":/usr/bin"); }

Result<std::filesystem::path> find_python(std::string_view search_path) {
    bool lacks_venv = false;
    for (const auto& program : candidates(search_path)) {
        ChildSpec spec;
        spec.argv = {program.string(), "-I", "-c", std::string(suitable)};
        spec.environment = environment_without([](std::string_view) { return false; });
        auto child = ChildProcess::spawn(spec);
        if (!child) continue;
        const auto status = child->wait(std::chrono::seconds(20));
        if (!status || !WIFEXITED(*status)) continue;
        if (WEXITSTATUS(*status) == 0) return program;
        lacks_venv = lacks_venv || WEXITSTATUS(*status) == 4;
    }
    return ErrorInfo{.code = ErrorCode::config,
                     .message = lacks_venv ? "Python's venv module is missing. On Debian, install python3-venv and try again."
                                           : "Python 3.10 or later is needed to fetch a local model, and none was found. "
                                             "On Debian, install python3 and python3-venv and try again."};
}

std::vector<std::string> python_command(const std::filesystem::path& python, std::string_view script,
                                        std::string_view title) {
    return {python.string(), "-I", "-c",
            "import sys\nexec(compile(sys.stdin.buffer.read(" + std::to_string(script.size()) + "), '" +
                std::string(title) + "', 'exec'))",
            std::string(title)};
}

}  // namespace cortex::channels
