#pragma once

#include "channels/local_runtime/child_process.hpp"
#include "channels/local_runtime/home.hpp"
#include "channels/local_runtime/line_reader.hpp"
#include "channels/local_runtime/recipe.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cortex::channels::testing {

/// A folder of its own for one test, deleted with it.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Sets a variable (nullptr: unsets it) and puts it back.
class EnvironmentVariable {
public:
    EnvironmentVariable(const char* name, const char* value);
    EnvironmentVariable(const char* name, const std::string& value) : EnvironmentVariable(name, value.c_str()) {}
    ~EnvironmentVariable();
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

private:
    std::string name_;
    std::optional<std::string> before_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A script of this folder, run to its end: the lines that it printed.
std::vector<std::string> run_script(const char* name, const std::vector<std::string>& arguments);

/// A script of this folder that goes on; its first line is its port.
struct BackgroundScript {
    BackgroundScript(const char* name, const std::vector<std::string>& arguments);
    std::string next_line();

    ChildProcess process;
    LineReader lines{-1};
    int port = 0;
};

/// A model in `count` packages below `index`.
WeightRecipe make_model(const std::filesystem::path& index, int count);
RuntimeRecipe make_runtime(const std::filesystem::path& index, const std::string& module_text);

/// A virtual environment with pip, made once for all tests of a build, since each costs seconds.
std::filesystem::path shared_environment();

/// Whether the process is gone, or goes within a few seconds.
bool ends(pid_t pid);

}  // namespace cortex::channels::testing
