#include "world/processes.hpp"

#include "core/clock.hpp"
#include "world/descriptor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <system_error>

extern char** environ;

namespace cortex::world {
namespace {

using std::chrono::milliseconds;

std::string why(int number) { return std::generic_category().message(number); }

ErrorInfo cannot_start(const std::string& program, int number) {
    std::string reason = why(number);
    if (number == ENOENT && program.find('/') == std::string::npos) reason = "there is no such program in PATH";
    return {.code = ErrorCode::config,
            .message = fmt::format("The program {} cannot be started: {}. Check its name and permissions.", program, reason)};
}

/// The host may have closed 0, 1 or 2; a pipe that landed there would be trampled on when the child's are set up.
Descriptor above_standard(int fd) noexcept {
    if (fd < 0 || fd > 2) return Descriptor(fd);
    const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    ::close(fd);
    return Descriptor(moved);
}

struct Pipe {
    Descriptor read;
    Descriptor write;

    bool open() noexcept {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        read = above_standard(ends[0]);
        write = above_standard(ends[1]);
        // Ours only: the child's end is a description of its own.
        return read && write && ::fcntl(read.get(), F_SETFL, O_NONBLOCK) == 0;
    }
};

void must(int result) {
    if (result != 0) throw std::bad_alloc();  // these fail for want of memory only
}

/// What is done between fork and exec.
class SpawnPlan {
public:
    SpawnPlan(int out, int err) {
        must(::posix_spawn_file_actions_init(&actions_));
        must(::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0));
        must(::posix_spawn_file_actions_adddup2(&actions_, out, 1));
        must(::posix_spawn_file_actions_adddup2(&actions_, err, 2));
        // Also those that the host, or a library of its, opened without close-on-exec.
        must(::posix_spawn_file_actions_addclosefrom_np(&actions_, 3));
        must(::posix_spawnattr_init(&attributes_));
        sigset_t signals;
        ::sigemptyset(&signals);
        must(::posix_spawnattr_setsigmask(&attributes_, &signals));
        ::sigfillset(&signals);  // a host that ignores SIGPIPE would else hand that on
        must(::posix_spawnattr_setsigdefault(&attributes_, &signals));
        must(::posix_spawnattr_setpgroup(&attributes_, 0));
        must(::posix_spawnattr_setflags(&attributes_,
                                        POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    /// Zero, or why it could not be started.
    int spawn(pid_t& pid, const ProcessRequest& request) const {
        std::vector<std::string> variables;
        for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
            const std::string_view text(*entry);
            const std::string_view name = text.substr(0, text.find('='));
            if (std::none_of(request.add_environment.begin(), request.add_environment.end(),
                             [&](const auto& added) { return added.first == name; }))
                variables.emplace_back(text);
        }
        for (const auto& [name, value] : request.add_environment) variables.push_back(fmt::format("{}={}", name, value));
        std::vector<std::string> arguments = request.argv;
        return ::posix_spawnp(&pid, request.argv.front().c_str(), &actions_, &attributes_, pointers(arguments).data(),
                              pointers(variables).data());
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> out;
        out.reserve(texts.size() + 1);
        for (std::string& text : texts) out.push_back(text.data());
        out.push_back(nullptr);
        return out;
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// A program under way. Its group is killed, and it is reaped, unless `reap` was told how it ended.
class Child {
public:
    explicit Child(pid_t pid) noexcept
        : pid_(pid), ended_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(-pid_, SIGKILL);
        reap();
    }

    /// Readable once the program has ended.
    int ended() const noexcept { return ended_.get(); }
    /// The exit code; nothing if the host took it (SIGCHLD ignored).
    std::optional<int> reap() noexcept {
        int status = 0;
        pid_t got = 0;
        do got = ::waitpid(pid_, &status, 0);
        while (got < 0 && errno == EINTR);
        pid_ = -1;
        if (got < 0) return std::nullopt;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    pid_t pid_;
    Descriptor ended_;
};

enum class Drained { open, closed, over_limit };

/// Takes what is there.
Drained drain(int fd, std::string& to, std::size_t limit) {
    std::array<char, 16'384> buffer;
    while (true) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN ? Drained::open : Drained::closed;
        if (count == 0) return Drained::closed;
        if (static_cast<std::size_t>(count) > limit - to.size()) return Drained::over_limit;
        to.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

bool drain(Descriptor& pipe, std::string& to, std::size_t limit) {
    if (!pipe) return true;
    const Drained state = drain(pipe.get(), to, limit);
    if (state == Drained::closed) pipe.close();
    return state != Drained::over_limit;
}

int poll_time(milliseconds left) noexcept {
    return static_cast<int>(std::min<milliseconds::rep>(left.count(), std::numeric_limits<int>::max()));
}

}  // namespace

Result<ProcessOutput> PosixProcesses::run(const ProcessRequest& request, const std::stop_token& stop) const {
    const auto cancelled = [&] {
        return ErrorInfo{.code = ErrorCode::cancelled,
                         .message = fmt::format("The program {} was stopped: nobody waits for it any more.", request.argv.front())};
    };
    const auto no_pipes = [&](int number) {
        return ErrorInfo{.message = fmt::format("The program {} cannot be started: {}. Close what is not needed.",
                                                request.argv.front(), why(number))};
    };
    const auto holds_zero = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    if (request.argv.empty() || request.argv.front().empty())
        return ErrorInfo{.code = ErrorCode::config, .message = "A program to run has no name. Name it."};
    if (std::any_of(request.argv.begin(), request.argv.end(), holds_zero))
        return ErrorInfo{.code = ErrorCode::config,
                         .message = "A program's name or arguments hold a zero byte. Correct the command."};
    if (stop.stop_requested()) return cancelled();

    Pipe out;
    Pipe err;
    const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake || !out.open() || !err.open()) return no_pipes(errno);

    const SystemClock clock;
    const SteadyTime until = clock.now() + request.timeout;
    pid_t pid = -1;
    if (const int number = SpawnPlan(out.write.get(), err.write.get()).spawn(pid, request); number != 0)
        return cannot_start(request.argv.front(), number);
    Child child(pid);
    if (child.ended() < 0) return no_pipes(errno);
    out.write.close();
    err.write.close();
    const std::stop_callback on_stop(stop, [&wake]() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
    });

    ProcessOutput result;
    while (true) {
        // A closed pipe's descriptor is -1, which poll passes over.
        std::array<pollfd, 4> waits{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}, {child.ended(), POLLIN, 0},
                                     {wake.get(), POLLIN, 0}}};
        const milliseconds left = std::chrono::ceil<milliseconds>(until - clock.now());
        if (stop.stop_requested()) return cancelled();
        if (left <= milliseconds(0))
            return ErrorInfo{.code = ErrorCode::timeout,
                             .message = fmt::format("The program {} did not end within {} ms and was killed. Run it by hand to see why.",
                                                    request.argv.front(), request.timeout.count())};
        if (::poll(waits.data(), waits.size(), poll_time(left)) < 0 && errno != EINTR) return no_pipes(errno);
        // Looked at before the pipes: what the program wrote before its end is in them by then. A grandchild may hold them open;
        // it is not waited for.
        const bool ended = (waits[2].revents & POLLIN) != 0;
        if (!drain(out.read, result.out, request.output_limit) || !drain(err.read, result.err, request.output_limit))
            return ErrorInfo{.code = ErrorCode::protocol,
                             .message = fmt::format("The program {} wrote more than {} bytes and was killed. Is it the right program?",
                                                    request.argv.front(), request.output_limit)};
        if (!ended) continue;
        const auto code = child.reap();
        if (!code)
            return ErrorInfo{.message = fmt::format("The exit code of the program {} is not known, as this process ignores SIGCHLD. "
                                                    "Give that signal its default action.",
                                                    request.argv.front())};
        result.exit_code = *code;
        return result;
    }
}

}  // namespace cortex::world
