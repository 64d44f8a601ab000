#include "turn.hpp"

#include "approver.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "spinner.hpp"

#include <cortex/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <variant>
#include <vector>

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

/// One turn under way, and everybody who has a say in it.
class Following {
public:
    Following(Run& run, Signals& signals, const Output& output, Approver& approver, const TurnFace& face)
        : run_(run),
          signals_(signals),
          output_(output),
          approver_(approver),
          face_(face),
          listening_(signals),
          wakeup_(run) {}

    Response to_the_end() {
        while (!run_.finished()) {
            wakeup_.clear();
            while (auto event = run_.try_next()) std::visit([this](const auto& what) { take(what); }, *event);
            if (!run_.finished()) wait();
        }
        spinner_.stop();
        approver_.clear();
        if (reader_gone_) throw ReaderGone{};
        try {
            return run_.result();
        } catch (const CancelledError&) {
            if (signal_ != 0) throw Interrupted{signal_};
            throw;
        }
    }

private:
    void take(const StreamChunk& chunk) {
        switch (chunk.chunk_type) {
            case ChunkType::thinking:
                spinner_.label("thinking");
                if (!chunk.thinking_delta.empty()) spinner_.stop();   // it is shown, which is life enough
                break;
            case ChunkType::content: spinner_.stop(); break;
            case ChunkType::tool_execution: spinner_.label("waiting for tools"); break;
            case ChunkType::tool_result: spinner_.label("waiting"); break;
            case ChunkType::continuation: spinner_.label("another model goes on"); break;
        }
        if (signal_ != 0 || reader_gone_) return;
        spinner_.hide();
        if (face_.on_chunk) face_.on_chunk(chunk);
        // After the last call of a round nothing comes for as long as the model takes.
        if (chunk.chunk_type == ChunkType::tool_execution || chunk.chunk_type == ChunkType::tool_result)
            spinner_.start();
        if (approver_.asking()) {
            spinner_.stop();
            approver_.repeat();
        }
    }
    /// The program has no key that it could be asked for.
    void take(const KeyRequest& key) { run_.answer(key.request_id, Secret()); }
    /// And no tool that it runs itself.
    void take(const ToolRequest& request) {
        run_.answer(request.request_id, ToolOutcome::error("This tool cannot be run here."));
    }
    void take(const BudgetRequest& request) { run_.decline(request); }
    void take(const ApprovalRequest& request) {
        spinner_.stop();
        if (signal_ != 0 || reader_gone_) return;
        if (face_.before_question) face_.before_question();
        answer(approver_.ask(request));
    }
    void take(const RequestWithdrawn& withdrawn) { approver_.withdraw(withdrawn.request_id); }

    void answer(const std::vector<Approver::Answer>& answers) {
        for (const Approver::Answer& one : answers) run_.answer(one.request_id, one.approval);
        if (!answers.empty() && !approver_.asking()) spinner_.start();
    }

    void wait() {
        std::array<pollfd, 4> watched{
            pollfd{.fd = wakeup_.fd(), .events = POLLIN, .revents = 0},
            pollfd{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
            pollfd{.fd = reader_gone_ ? -1 : output_.watch_fd(), .events = 0, .revents = 0},
            pollfd{.fd = approver_.asking() ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
        if (::poll(watched.data(), watched.size(), spinner_.wait_ms()) == 0) spinner_.tick();
        if (const int taken = signals_.take()) {
            signal_ = taken;
            stop();
        } else if (watched[3].revents != 0) {
            answer(approver_.read());
        }
        if ((watched[2].revents & POLLERR) != 0) {
            reader_gone_ = true;
            stop();
        }
    }

    void stop() {
        spinner_.stop();
        if (approver_.asking()) write_stderr("\n");
        approver_.clear();
        run_.cancel();
    }

    Run& run_;
    Signals& signals_;
    const Output& output_;
    Approver& approver_;
    const TurnFace& face_;
    const Listening listening_;
    Wakeup wakeup_;
    Spinner spinner_;
    int signal_ = 0;
    bool reader_gone_ = false;
};

}  // namespace

Response follow(Run& run, Signals& signals, const Output& output, Approver& approver, const TurnFace& face) {
    return Following(run, signals, output, approver, face).to_the_end();
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
