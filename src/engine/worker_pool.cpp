#include "engine/worker_pool.hpp"

#include <pthread.h>

#include <utility>

namespace cortex {

void WorkerPool::shut() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        tasks_.clear();
    }
    news_.notify_all();
}

WorkerPool::~WorkerPool() {
    shut();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < most_) threads_.emplace_back([this] { work(); });
    news_.notify_one();
}

void WorkerPool::work() {
    ::pthread_setname_np(::pthread_self(), "cortex-worker");
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        news_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
        --idle_;
        if (stopping_) return;
        {
            const std::function<void()> task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
        }
        lock.lock();
    }
}

}  // namespace cortex
