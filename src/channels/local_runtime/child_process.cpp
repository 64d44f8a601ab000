#include "channels/local_runtime/child_process.hpp"

#include "core/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

extern char** environ;

namespace cortex::channels {

namespace {

ErrorInfo failed(const std::string& what, int number) {
    return {.code = ErrorCode::storage, .message = what + ": " + std::generic_category().message(number) + "."};
}

// A host may have closed 0, 1 or 2; descriptors of ours must not land there, or dup2 in the child would trample on them.
Descriptor above_standard(int fd) {
    if (fd < 0 || fd > 2) return Descriptor(fd);
    const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    ::close(fd);
    return Descriptor(moved);
}

// Between fork and exec: only async-signal-safe calls, no allocation.
[[noreturn]] void become(const char* path, char* const* argv, char* const* envp, int in, int out, int err, int report,
                         pid_t parent, int death_signal) {
    const auto give_up = [report](int number) {
        [[maybe_unused]] const auto written = ::write(report, &number, sizeof number);
        ::_exit(127);
    };
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(death_signal));
    if (::getppid() != parent) ::_exit(127);  // the parent died before the line above could notice
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &plain, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) give_up(errno);
#ifdef SYS_close_range
    // Descriptors that the host opened without close-on-exec are none of the child's business.
    constexpr unsigned cloexec = 1U << 2U;  // CLOSE_RANGE_CLOEXEC; `report` must survive until exec
    ::syscall(SYS_close_range, 3U, ~0U, cloexec);
#endif
    ::execve(path, argv, envp);
    give_up(errno);
    ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& text : strings) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

void Descriptor::reset(int fd) noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

Result<ChildProcess> ChildProcess::spawn(const ChildSpec& spec) {
    auto argv_strings = spec.argv;
    auto environment_strings = spec.environment;
    const auto argv = pointers(argv_strings);
    const auto environment = pointers(environment_strings);

    const std::string log_path = spec.log.empty() ? "/dev/null" : spec.log.string();
    const Descriptor log = above_standard(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!log) return failed("Cannot write " + log_path, errno);
    std::array<int, 2> pair{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return failed("Cannot start a program", errno);
    Descriptor input = above_standard(pair[0]);
    const Descriptor child_input = above_standard(pair[1]);
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) return failed("Cannot start a program", errno);
    Descriptor output = above_standard(pair[0]);
    const Descriptor child_output = above_standard(pair[1]);
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) return failed("Cannot start a program", errno);
    const Descriptor report = above_standard(pair[0]);
    Descriptor child_report = above_standard(pair[1]);
    if (!input || !child_input || !output || !child_output || !report || !child_report)
        return failed("Cannot start a program", errno);

    // No handler of the host may run in the child while it still shares the host's code.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        become(argv[0], argv.data(), environment.data(), child_input.get(),
               spec.log_output ? log.get() : child_output.get(), log.get(), child_report.get(), parent, spec.death_signal);
    const int fork_error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) return failed("Cannot start a program", fork_error);

    ChildProcess child;
    child.pid_ = pid;
    child.input_ = std::move(input);
    child.output_ = std::move(output);
    child.pidfd_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    const int pidfd_error = errno;

    child_report.reset();
    int exec_error = 0;
    ssize_t got = 0;
    do got = ::read(report.get(), &exec_error, sizeof exec_error);
    while (got < 0 && errno == EINTR);
    if (got == static_cast<ssize_t>(sizeof exec_error)) return failed("Cannot start " + spec.argv.front(), exec_error);
    if (!child.pidfd_) return failed("Cannot watch " + spec.argv.front(), pidfd_error);
    return child;
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    if (this == &other) return *this;
    terminate(std::chrono::milliseconds(0));
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    input_ = std::move(other.input_);
    output_ = std::move(other.output_);
    status_ = std::exchange(other.status_, std::nullopt);
    return *this;
}

ChildProcess::~ChildProcess() { terminate(std::chrono::milliseconds(0)); }

bool ChildProcess::send(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(input_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds limit) noexcept {
    if (status_ || pid_ <= 0) return status_;
    if (pidfd_) {
        pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ended, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
    }
    int status = 0;
    pid_t reaped = 0;
    do reaped = ::waitpid(pid_, &status, pidfd_ ? WNOHANG : 0);
    while (reaped < 0 && errno == EINTR);
    // A host that ignores SIGCHLD, or waits for every child, has reaped it before us: ended is all that we learn.
    if (reaped != 0) status_ = reaped > 0 ? status : 0;
    return status_;
}

void ChildProcess::terminate(std::chrono::milliseconds grace) noexcept {
    if (pid_ <= 0) return;
    if (!wait(std::chrono::milliseconds(0))) {
        if (grace.count() > 0) {
            ::kill(-pid_, SIGTERM);
            wait(grace);
        }
        // Until it is reaped the number is still ours, so the signal cannot hit a stranger.
        if (!status_) {
            ::kill(-pid_, SIGKILL);
            ::kill(pid_, SIGKILL);
            wait(std::chrono::milliseconds(5000));
        }
    }
    pid_ = -1;
    input_.reset();
    output_.reset();
    pidfd_.reset();
}

std::string describe_wait_status(int status) {
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

std::vector<std::string> environment_without(bool (*drop)(std::string_view name)) {
    std::vector<std::string> kept;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!drop(text.substr(0, text.find('=')))) kept.emplace_back(text);
    }
    return kept;
}

}  // namespace cortex::channels
