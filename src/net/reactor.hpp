#pragma once

#include "core/clock.hpp"
#include "core/result.hpp"
#include "net/task.hpp"
#include "net/timer_heap.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace cortex::net {

/// What to wait for on a descriptor, and what happened. `failed` is always waited for.
struct Readiness {
    bool readable = false;
    bool writable = false;
    bool failed = false;  ///< Error or hang-up.
    bool operator==(const Readiness&) const = default;
};

/// Called on the reactor's thread when a watched descriptor is ready (level-triggered).
struct IoHandler {
    virtual void on_ready(int fd, Readiness ready) noexcept = 0;

protected:
    ~IoHandler() = default;
};

/// One thread's event loop: descriptors, timers and tasks from other threads, over epoll with one timerfd and one
/// eventfd.
///
/// `run` makes the calling thread the reactor's thread until `stop`. `post`, `stop` and `on_reactor_thread` may be
/// called from any thread; everything else belongs to the reactor's thread, or to the owner before `run` starts and
/// after it ended. Callbacks must not throw. The reactor must not be destroyed from inside a callback.
class Reactor {
public:
    /// Fails only if the process has no descriptors left (`ErrorCode::unknown`). `clock` must outlive the reactor.
    static Result<std::unique_ptr<Reactor>> create(const Clock& clock);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Runs callbacks until `stop`. Tasks that were posted before `stop` was called are run.
    void run();
    /// One round: runs what is ready, waiting at most `wait` for something to become so.
    void run_once(std::chrono::milliseconds wait);
    /// Makes `run` return after the current round, or at once if it starts later.
    void stop() noexcept;

    /// Queues a task for the reactor's thread; tasks of one thread keep their order. Tasks still queued when the
    /// reactor is destroyed are destroyed without being run.
    void post(Task task);

    /// Runs `task` at `when` or as soon after as possible, never inside this call.
    TimerId add_timer(SteadyTime when, Task task) { return timers_.add(when, std::move(task)); }
    /// False if the timer has fired or was cancelled.
    bool move_timer(TimerId id, SteadyTime when) { return timers_.move(id, when); }
    bool cancel_timer(TimerId id) noexcept { return timers_.cancel(id); }

    /// Starts or changes watching `fd`; no system call if nothing changes. `handler` must outlive the watch.
    /// False: the kernel refused (closed descriptor, or no watches left).
    bool watch(int fd, Readiness wanted, IoHandler& handler);
    /// Stops watching, before the descriptor is closed; also from inside a callback. An event that was already
    /// collected for it is not delivered. Unknown descriptors are ignored.
    void unwatch(int fd) noexcept;

    bool on_reactor_thread() const noexcept {
        return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }
    /// The time at which the current round began: good enough for bookkeeping, and free.
    SteadyTime round_time() const noexcept { return round_time_; }
    const Clock& clock() const noexcept { return clock_; }

private:
    struct Watch {
        IoHandler* handler = nullptr;
        Readiness wanted = {};
        std::uint32_t generation = 0;
    };

    Reactor(const Clock& clock, int epoll, int timer, int wake) noexcept;
    void round(std::chrono::milliseconds wait);
    void arm_timer() noexcept;
    bool due(SteadyTime now) const noexcept;
    void run_timers();
    void run_tasks();
    bool has_tasks() const;

    const Clock& clock_;
    const int epoll_;
    const int timer_;
    const int wake_;
    TimerHeap timers_;
    std::optional<SteadyTime> armed_ = {};  // what the timerfd is set to
    SteadyTime round_time_;
    std::vector<Watch> watches_;  // by descriptor
    std::atomic<std::thread::id> thread_{};
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;
    std::vector<Task> posted_;   // under mutex_
    std::vector<Task> running_;  // the batch being run; swapped with posted_, so that both keep their capacity
};

}  // namespace cortex::net
