#include "testing/loopback_client.hpp"

#include <cortex/testing/emulator.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace cortex::testing {

namespace {

std::string program_to_start(const EmulatorOptions& options) {
    if (!options.program.empty()) {
        return options.program;
    }
    const char* named = std::getenv("CORTEX_EMULATOR");
    return named != nullptr && *named != '\0' ? named : "cortex-emulator";
}

// The program's first line, or what came before it ended.
std::string read_line(int descriptor) {
    std::string line;
    char c = 0;
    while (true) {
        const ssize_t count = ::read(descriptor, &c, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0 || c == '\n') {
            return line;
        }
        line += c;
    }
}

}  // namespace

struct Emulator::Process {
    pid_t id = 0;
    std::string url;
    std::uint16_t port = 0;

    Process() = default;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() { stop(); }

    void start(const EmulatorOptions& options);
    [[nodiscard]] std::string control(std::string_view method, std::string_view route, std::string_view body) const;

    void stop() noexcept {
        if (id > 0) {
            ::kill(id, SIGTERM);
            int status = 0;
            while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
            }
            id = 0;
        }
    }
};

void Emulator::Process::start(const EmulatorOptions& options) {
    std::vector<std::string> words{program_to_start(options), "--port", "0", "--die-with-parent"};
    words.insert(words.end(), options.options.begin(), options.options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);

    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int error = ::posix_spawnp(&id, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        id = 0;
        ::close(ends[0]);
        throw std::runtime_error("cannot start '" + words.front() + "': " + std::strerror(error) +
                                 " (CORTEX_EMULATOR may name the cortex-emulator program)");
    }
    const std::string line = read_line(ends[0]);
    ::close(ends[0]);
    constexpr std::string_view prefix = "listening on ";
    const std::size_t colon = line.rfind(':');
    if (!line.starts_with(prefix) || colon == std::string::npos) {
        throw std::runtime_error("'" + words.front() + "' ended before it listened");
    }
    url = line.substr(prefix.size());
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
}

std::string Emulator::Process::control(std::string_view method, std::string_view route, std::string_view body) const {
    if (id == 0) {
        throw std::runtime_error("the emulator was stopped");
    }
    LoopbackAnswer answer = ask_loopback(port, method, "/_emulator/" + std::string(route), body);
    if (answer.status != 200) {
        throw std::runtime_error("the emulator refused " + std::string(route) + ": " + answer.body);
    }
    return std::move(answer.body);
}

Emulator::Emulator(EmulatorOptions options) : process_(std::make_unique<Process>()) { process_->start(options); }

Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

std::string_view Emulator::base_url() const noexcept { return process_->url; }

std::string Emulator::openai_base_url() const { return process_->url + "/v1"; }

void Emulator::script(std::string_view json) { static_cast<void>(process_->control("POST", "script", json)); }

std::string Emulator::requests() const { return process_->control("GET", "requests", {}); }

std::string Emulator::stats() const { return process_->control("GET", "stats", {}); }

void Emulator::reset() { static_cast<void>(process_->control("POST", "reset", {})); }

void Emulator::stop() { process_->stop(); }

}  // namespace cortex::testing
