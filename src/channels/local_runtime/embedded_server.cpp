#include "channels/local_runtime/embedded_server.hpp"

#include "channels/local_runtime/server_child.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace cortex::channels {

/// Owns the thread that forks: the child gets its death signal when this thread ends, so the thread lives as long as the
/// child may. It alone touches the child; callers talk to it through the fields under the mutex.
class EmbeddedServer::Keeper {
public:
    explicit Keeper(EmbeddedServerOptions options) : options_(options), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    ~Keeper() {
        {
            const std::lock_guard lock(mutex_);
            quitting_ = true;
            if (state_ != State::idle) stop_wanted_ = true;
        }
        wake();
        if (thread_.joinable()) thread_.join();
    }

    bool of_this_process() const noexcept { return ::getpid() == owner_; }

    Result<Endpoint> start(const std::filesystem::path& gguf, Deadline deadline) {
        std::unique_lock lock(mutex_);
        // A child that died a moment ago is not handed out: its keeper is about to notice.
        const auto settled = [&] {
            return !stop_wanted_ && state_ != State::ending && (state_ != State::running || !has_ended());
        };
        if (!wait_until(lock, deadline, settled)) return too_late();
        if (state_ != State::idle && gguf != gguf_)
            return ErrorInfo{.code = ErrorCode::config,
                             .message = "This server is serving " + gguf_.string() + " already; stop it before serving " +
                                        gguf.string() + ".",
                             .provider = "local"};
        if (state_ == State::running) return endpoint_;
        if (state_ == State::idle) {
            if (!wake_)
                return ErrorInfo{.code = ErrorCode::unavailable,
                                 .message = "Too many open files to start the local model server.",
                                 .provider = "local"};
            gguf_ = gguf;
            state_ = State::starting;
            ++attempt_;
            if (!thread_.joinable()) thread_ = std::thread([this] { keep(); });
            wake();
        }
        const auto mine = attempt_;
        if (!wait_until(lock, deadline, [&] { return finished_ >= mine; })) return too_late();
        if (failure_ && finished_ == mine) return *failure_;
        if (state_ != State::running) return stopped();
        return endpoint_;
    }

    void stop() {
        std::unique_lock lock(mutex_);
        if (state_ == State::idle) return;
        stop_wanted_ = true;
        wake();
        changed_.wait(lock, [&] { return !stop_wanted_ && state_ != State::ending; });
    }

private:
    enum class State { idle, starting, running, ending };

    static ErrorInfo too_late() {
        return {.code = ErrorCode::timeout,
                .message = "The local model was not ready in time. It goes on loading: try again.",
                .retryable = true,
                .provider = "local"};
    }
    static ErrorInfo stopped() {
        return {.code = ErrorCode::cancelled, .message = "The local model server was stopped.", .provider = "local"};
    }

    template <class Condition>
    bool wait_until(std::unique_lock<std::mutex>& lock, const Deadline& deadline, Condition condition) {
        if (const auto when = deadline.when()) return changed_.wait_until(lock, *when, condition);
        changed_.wait(lock, condition);
        return true;
    }

    void wake() noexcept { ::eventfd_write(wake_.get(), 1); }

    void drain() noexcept {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_.get(), &ignored);
    }

    // Under the mutex.
    bool has_ended() const noexcept {
        pollfd ended{.fd = child_.process.end_signal(), .events = POLLIN, .revents = 0};
        return ::poll(&ended, 1, 0) == 1;
    }

    void keep() {
        std::unique_lock lock(mutex_);
        while (true) {
            drain();
            if (stop_wanted_ && state_ != State::starting) end_child(lock);
            if (quitting_ && state_ == State::idle) return;
            if (state_ == State::starting) {
                launch(lock);
                continue;
            }
            if (state_ == State::running && has_ended()) {
                end_child(lock);
                continue;
            }
            std::array<pollfd, 2> watched{
                pollfd{.fd = wake_.get(), .events = POLLIN, .revents = 0},
                pollfd{.fd = state_ == State::running ? child_.process.end_signal() : -1, .events = POLLIN, .revents = 0}};
            lock.unlock();
            ::poll(watched.data(), watched.size(), -1);
            lock.lock();
        }
    }

    void launch(std::unique_lock<std::mutex>& lock) {
        if (stop_wanted_) {
            conclude(stopped());
            return;
        }
        const auto gguf = gguf_;
        lock.unlock();
        auto started = start_child(gguf);
        lock.lock();
        if (!started) {
            conclude(std::move(started).error());
            return;
        }
        child_ = std::move(started).value();
        endpoint_ = child_.endpoint;
        state_ = State::running;
        failure_.reset();
        finished_ = attempt_;
        changed_.notify_all();
    }

    // This thread is the keeper's own: an exception (out of memory, a broken file system) must not leave it.
    Result<ServerChild> start_child(const std::filesystem::path& gguf) const {
        try {
            return start_server_child(Home::from_environment(), gguf, options_, wake_.get());
        } catch (const std::exception& trouble) {
            return ErrorInfo{.code = ErrorCode::unavailable,
                             .message = std::string("The local model server could not be started: ") + trouble.what(),
                             .provider = "local"};
        }
    }

    // Under the mutex: the attempt came to nothing.
    void conclude(ErrorInfo why) {
        failure_ = std::move(why);
        finished_ = attempt_;
        state_ = State::idle;
        stop_wanted_ = false;
        changed_.notify_all();
    }

    void end_child(std::unique_lock<std::mutex>& lock) {
        if (state_ == State::running) {
            ServerChild child = std::move(child_);
            state_ = State::ending;
            lock.unlock();
            end_server_child(child);
            lock.lock();
        }
        state_ = State::idle;
        stop_wanted_ = false;
        changed_.notify_all();
    }

    const EmbeddedServerOptions options_;
    const pid_t owner_ = ::getpid();
    const Descriptor wake_;
    std::thread thread_;

    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::idle;
    bool stop_wanted_ = false;
    bool quitting_ = false;
    std::filesystem::path gguf_;
    std::uint64_t attempt_ = 0;    // the newest launch that was asked for
    std::uint64_t finished_ = 0;   // the newest that ended, well or not
    std::optional<ErrorInfo> failure_;
    Endpoint endpoint_;
    ServerChild child_;
};

EmbeddedServer::EmbeddedServer(EmbeddedServerOptions options) : keeper_(std::make_unique<Keeper>(options)) {}

EmbeddedServer::~EmbeddedServer() {
    // In a forked copy of the process there is no keeper thread to join, and the child is the original's.
    if (!keeper_->of_this_process()) static_cast<void>(keeper_.release());
}

Result<Endpoint> EmbeddedServer::start(const std::filesystem::path& gguf, Deadline deadline) {
    if (!keeper_->of_this_process())
        return ErrorInfo{.code = ErrorCode::config,
                         .message = "This process was forked from the one that owns the local model server. "
                                    "Create the engine after the fork.",
                         .provider = "local"};
    return keeper_->start(gguf, deadline);
}

void EmbeddedServer::stop() noexcept {
    if (keeper_->of_this_process()) keeper_->stop();
}

}  // namespace cortex::channels
