#include "unit/local_runtime/support.hpp"

#include "channels/local_runtime/python.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cortex::channels::testing {

namespace {

ChildProcess start_script(const char* name, const std::vector<std::string>& arguments) {
    ChildSpec spec;
    spec.argv = {"/usr/bin/env", "python3", std::string(CORTEX_LOCAL_RUNTIME_TESTS) + "/" + name};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.environment = environment_without([](std::string_view) { return false; });
    auto child = ChildProcess::spawn(spec);
    if (!child) throw std::runtime_error(child.error().message);
    return std::move(child).value();
}

std::vector<std::string> words(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> all;
    for (std::string word; in >> word;) all.push_back(word);
    return all;
}

}  // namespace

TempFolder::TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cortex-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

EnvironmentVariable::EnvironmentVariable(const char* name, const char* value) : name_(name) {
    if (const char* now = std::getenv(name)) before_ = now;
    if (value != nullptr) ::setenv(name, value, 1);
    else ::unsetenv(name);
}

EnvironmentVariable::~EnvironmentVariable() {
    if (before_) ::setenv(name_.c_str(), before_->c_str(), 1);
    else ::unsetenv(name_.c_str());
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::vector<std::string> run_script(const char* name, const std::vector<std::string>& arguments) {
    auto child = start_script(name, arguments);
    LineReader reader(child.output());
    std::vector<std::string> lines;
    while (reader.fill())
        while (auto line = reader.next()) lines.push_back(*line);
    if (child.wait(std::chrono::seconds(30)) != 0) throw std::runtime_error(std::string(name) + " failed");
    return lines;
}

BackgroundScript::BackgroundScript(const char* name, const std::vector<std::string>& arguments)
    : process(start_script(name, arguments)), lines(process.output()) {
    port = std::stoi(next_line());
}

std::string BackgroundScript::next_line() {
    while (true) {
        if (auto line = lines.next()) return *line;
        if (!lines.fill()) throw std::runtime_error("the script ended");
    }
}

WeightRecipe make_model(const std::filesystem::path& index, int count) {
    WeightRecipe recipe;
    recipe.weights.name = "test-model";
    for (const auto& line : run_script("make_packages.py", {index.string(), "model", std::to_string(count)})) {
        const auto field = words(line);
        if (field.at(0) == "whole") {
            recipe.weights.sha256 = field.at(1);
            recipe.weights.file_bytes = std::stoull(field.at(2));
        } else {
            recipe.parts.push_back({.package = field.at(1), .version = "1.0", .sha256 = field.at(2), .member = field.at(4)});
            recipe.weights.download_bytes += std::stoull(field.at(3));
        }
    }
    return recipe;
}

RuntimeRecipe make_runtime(const std::filesystem::path& index, const std::string& module_text) {
    const auto lines = run_script("make_packages.py", {index.string(), "runtime", module_text});
    const auto field = words(lines.at(0));
    return {.package = field.at(1), .version = "1.0", .module = "cortex_test_runtime", .sha256 = {field.at(2)},
            .download_bytes = std::stoull(field.at(3)), .installed_bytes = 1000};
}

std::filesystem::path shared_environment() {
    const std::filesystem::path cache = CORTEX_LOCAL_MODEL_CACHE;
    std::filesystem::create_directories(cache);
    const Descriptor lock(::open((cache / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ::flock(lock.get(), LOCK_EX);  // several test programs may come at once
    const auto environment = cache / "environment";
    if (std::filesystem::exists(environment / "whole")) return environment;
    std::filesystem::remove_all(environment);
    const auto python = find_python();
    if (!python) throw std::runtime_error(python.error().message);
    ChildSpec spec;
    spec.argv = {python->string(), "-I", "-m", "venv", environment.string()};
    spec.environment = environment_without([](std::string_view) { return false; });
    auto child = ChildProcess::spawn(spec);
    if (!child || child->wait(std::chrono::seconds(120)) != 0) throw std::runtime_error("venv failed");
    write_file(environment / "whole", "");
    return environment;
}

bool ends(pid_t pid) {
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    if (!process) return true;
    pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
    return ::poll(&ended, 1, 10'000) == 1;
}

}  // namespace cortex::channels::testing
