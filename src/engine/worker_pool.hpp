#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace cortex {

/// A few threads for what blocks: credential sources, and users' tools. Starts a thread only when a task finds none idle.
class WorkerPool {
public:
    struct Options {
        std::size_t most_threads = 8;
        /// How long the end of the pool waits for tasks that run. A task that is still running then keeps its thread, which nobody
        /// waits for any more: users' code cannot be killed, and must not hold up the end of the engine. Nothing: for ever.
        std::chrono::milliseconds patience = std::chrono::milliseconds::max();
    };
    explicit WorkerPool(Options options);
    /// Drops the tasks that wait.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// From any thread. The task must not throw, and must not use what may be gone when the pool's patience ends.
    void post(std::function<void()> task);
    /// Drops what waits and takes no more; what runs goes on until it is done.
    void shut();

    /// While it lives, the calling thread waits for another turn. If it is a pool's thread, it does not count against the pool's
    /// size meanwhile, so that tasks which start sessions of their own cannot wait for each other.
    class Waiting {
    public:
        Waiting();
        ~Waiting();
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;
    };

private:
    struct State;
    static void work(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_;
};

}  // namespace cortex
