#include "turn.hpp"

#include "output.hpp"
#include "signals.hpp"
#include "spinner.hpp"

#include <cortex/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

namespace cortex::cli {
namespace {

/// Turns the engine's wake call into something that `poll` sees.
class Wakeup {
public:
    explicit Wakeup(Run& run) : run_(run), fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (fd_ < 0)
            throw_error({.code = ErrorCode::unknown,
                         .message = "No file descriptor is left. Allow more open files (ulimit -n)."});
        run_.on_ready(&Wakeup::ring, &fd_);
    }
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    ~Wakeup() {
        run_.on_ready(nullptr, nullptr);
        ::close(fd_);
    }

    int fd() const noexcept { return fd_; }
    void clear() noexcept {
        eventfd_t count = 0;
        ::eventfd_read(fd_, &count);
    }

private:
    static void ring(void* fd) noexcept { ::eventfd_write(*static_cast<int*>(fd), 1); }

    Run& run_;
    int fd_;
};

/// Stops listening to signals in this way whatever ends the turn.
class Listening {
public:
    explicit Listening(Signals& signals) : signals_(signals) { signals_.listen(); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() { signals_.stop_listening(); }

private:
    Signals& signals_;
};

}  // namespace

Response follow(Run& run, Signals& signals, const Output& output,
                const std::function<void(const StreamChunk&)>& on_chunk) {
    const Listening listening(signals);
    Wakeup wakeup(run);
    Spinner spinner;
    int signal = 0;
    bool reader_gone = false;
    while (!run.finished()) {
        wakeup.clear();
        while (auto event = run.try_next()) {
            if (const auto* key = std::get_if<KeyRequest>(&*event)) {
                run.answer(key->request_id, Secret());
                continue;
            }
            const auto& chunk = std::get<StreamChunk>(*event);
            if (chunk.chunk_type == ChunkType::thinking)
                spinner.label("thinking");
            else
                spinner.stop();
            if (signal == 0 && !reader_gone) on_chunk(chunk);
        }
        if (run.finished()) break;
        std::array<pollfd, 3> watched{pollfd{.fd = wakeup.fd(), .events = POLLIN, .revents = 0},
                                      pollfd{.fd = signals.fd(), .events = POLLIN, .revents = 0},
                                      pollfd{.fd = reader_gone ? -1 : output.watch_fd(), .events = 0, .revents = 0}};
        if (::poll(watched.data(), watched.size(), spinner.wait_ms()) == 0) spinner.tick();
        if (const int taken = signals.take()) {
            signal = taken;
            spinner.stop();
            run.cancel();
        }
        if ((watched[2].revents & POLLERR) != 0) {
            reader_gone = true;
            run.cancel();
        }
    }
    spinner.stop();
    if (reader_gone) throw ReaderGone{};
    try {
        return run.result();
    } catch (const CancelledError&) {
        if (signal != 0) throw Interrupted{signal};
        throw;
    }
}

void say_interrupted(Interrupted& stop) {
    if (!stop.told) say("interrupted.");
    stop.told = true;
    Signals::leave_soon(128 + stop.signal);
}

void show_notices(const ResponseMetadata& metadata) {
    for (const std::string& notice : metadata.notices) say("notice: " + notice);
}

}  // namespace cortex::cli
