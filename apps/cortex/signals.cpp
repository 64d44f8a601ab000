#include "signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace cortex::cli {
namespace {

// A signal handler can reach nothing but what is static.
std::atomic<int> write_end{-1};
std::atomic<bool> listening{false};
std::atomic<int> pending{0};
std::atomic<int> last_code{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void cortex_on_signal(int signal) {
    const int error = errno;
    if (!listening.load() || pending.exchange(signal) != 0) ::_exit(128 + signal);
    const char byte = 0;
    // A full pipe is readable already.
    [[maybe_unused]] const auto written = ::write(write_end.load(), &byte, 1);
    errno = error;
}

extern "C" void cortex_on_alarm(int) { ::_exit(last_code.load()); }

}  // namespace

Signals::Signals() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        read_end_ = ends[0];
        write_end.store(ends[1]);
    }
    struct sigaction action = {};
    action.sa_handler = cortex_on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;   // no SA_RESTART: a blocked read or write must notice
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    // A reader that went away is an error of `write`, told apart from a full disk.
    ::signal(SIGPIPE, SIG_IGN);
}

void Signals::listen() noexcept {
    if (write_end.load() >= 0) listening.store(true);
}

void Signals::stop_listening() noexcept { listening.store(false); }

int Signals::take() noexcept {
    const int signal = pending.load();
    if (signal == 0) return 0;
    listening.store(false);
    pending.store(0);
    char bytes[16];
    while (::read(read_end_, bytes, sizeof bytes) > 0) {
    }
    return signal;
}

void Signals::leave_soon(int code) noexcept {
    last_code.store(code);
    ::signal(SIGALRM, cortex_on_alarm);
    ::alarm(1);
}

int pending_signal() noexcept { return pending.load(); }

}  // namespace cortex::cli
