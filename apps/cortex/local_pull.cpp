#include "local_pull.hpp"

#include "output.hpp"
#include "signals.hpp"

#include <cortex/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

namespace cortex::cli {
namespace {

/// Waits for a signal beside a call that blocks, and asks that call to stop.
class StopOnSignal {
public:
    explicit StopOnSignal(Signals& signals) : signals_(signals), done_(::eventfd(0, EFD_CLOEXEC)) {
        signals_.listen();
        watcher_ = std::thread([this] { watch(); });
    }
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;
    ~StopOnSignal() {
        ::eventfd_write(done_, 1);
        watcher_.join();
        ::close(done_);
        signals_.stop_listening();
    }

    std::stop_token token() const noexcept { return source_.get_token(); }
    int signal() const noexcept { return signal_.load(); }

private:
    void watch() {
        std::array<pollfd, 2> watched{pollfd{.fd = done_, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
        for (;;) {
            ::poll(watched.data(), watched.size(), -1);
            if ((watched[0].revents & POLLIN) != 0) return;
            if (const int taken = signals_.take()) {
                signal_.store(taken);
                source_.request_stop();
                return;
            }
        }
    }

    Signals& signals_;
    int done_;
    std::stop_source source_;
    std::atomic<int> signal_{0};
    std::thread watcher_;
};

/// How far a pull has come, for people.
class Progress {
public:
    Progress() : terminal_(stderr_is_terminal()) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() {
        if (drawn_) write_stderr("\n");
    }

    void show(double fraction, std::string_view line) {
        const int percent = static_cast<int>(fraction * 100.0);
        if (terminal_)
            draw(fraction, percent, line);
        else if (percent / 10 > last_tenth_)
            tell(percent, line);
    }

private:
    void draw(double fraction, int percent, std::string_view line) {
        constexpr int width = 30;
        const int filled = static_cast<int>(fraction * width);
        std::string bar = "\r\x1b[K[";
        for (int i = 0; i < width; ++i) bar += i < filled ? '#' : '.';
        bar += "] " + std::to_string(percent) + " %  ";
        constexpr std::size_t room =
            60;   // stays on one line of an 80-column terminal nearly always; a longer one is cut
        bar += without_controls(line).substr(0, room);
        write_stderr(bar);
        drawn_ = true;
    }
    void tell(int percent, std::string_view line) {
        last_tenth_ = percent / 10;
        say(std::to_string(percent) + " %  " + std::string(line));
    }

    bool terminal_;
    bool drawn_ = false;
    int last_tenth_ = -1;
};

}  // namespace

std::string gigabytes(std::uint64_t bytes) {
    std::array<char, 32> text{};
    const auto size = static_cast<double>(bytes);
    if (size < 1e9)
        std::snprintf(text.data(), text.size(), "%.0f MB", size / 1e6);
    else
        std::snprintf(text.data(), text.size(), "%.1f GB", size / 1e9);
    return text.data();
}

local_model::Status pull_with_progress(local_model::PullOptions options, Signals& signals) {
    StopOnSignal stop(signals);
    Progress progress;
    options.stop = stop.token();
    options.progress = [&](double fraction, std::string_view line) { progress.show(fraction, line); };
    try {
        return local_model::pull(options);
    } catch (const CancelledError&) {
        if (stop.signal() != 0) throw Interrupted{stop.signal()};
        throw;
    }
}

}  // namespace cortex::cli
