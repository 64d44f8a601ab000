#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cortex {

/// A few threads for what blocks: credential sources, and whatever a user's code does in them. Starts a thread only when a
/// task finds none idle. Joins them when it goes, after the tasks that run; tasks that wait are dropped.
class WorkerPool {
public:
    explicit WorkerPool(std::size_t most_threads = 8) : most_(most_threads) {}
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// From any thread. The task must not throw.
    void post(std::function<void()> task);
    /// Drops what waits and takes no more; what runs goes on until it is done.
    void shut();

private:
    void work();

    const std::size_t most_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::function<void()>> tasks_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace cortex
