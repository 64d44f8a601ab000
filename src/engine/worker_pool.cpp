#include "engine/worker_pool.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace cortex {

/// Shared with the threads: one that outlives the pool still needs it.
struct WorkerPool::State : std::enable_shared_from_this<State> {
    Options options;
    std::mutex mutex;
    std::condition_variable news;
    std::condition_variable ended;
    std::deque<std::function<void()>> tasks;
    std::vector<std::thread> threads;
    std::size_t alive = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;      ///< Threads whose task waits for another turn.
    bool stopping = false;

    /// With the mutex held.
    void grow() {
        if (stopping || idle >= tasks.size() || alive - waiting >= options.most_threads) return;
        try {
            threads.emplace_back([self = shared_from_this()] { work(self); });
            ++alive;
        } catch (const std::system_error&) {
            // The system has no thread left: the task waits for one of those that there are.
        }
    }
};

namespace {

/// The pool whose thread this is, if it is one.
thread_local void* pool_of_this_thread = nullptr;

}  // namespace

WorkerPool::WorkerPool(Options options) : state_(std::make_shared<State>()) { state_->options = options; }

void WorkerPool::shut() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        dropped.swap(state_->tasks);
    }
    state_->news.notify_all();
}

WorkerPool::~WorkerPool() {
    shut();
    std::vector<std::thread> threads;
    bool all_ended = true;
    {
        std::unique_lock lock(state_->mutex);
        const auto over = [&] { return state_->alive == 0; };
        if (state_->options.patience == std::chrono::milliseconds::max())
            state_->ended.wait(lock, over);
        else
            all_ended = state_->ended.wait_for(lock, state_->options.patience, over);
        threads.swap(state_->threads);
    }
    for (std::thread& thread : threads) {
        if (all_ended)
            thread.join();
        else
            thread.detach();
    }
}

void WorkerPool::post(std::function<void()> task) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping) return;
        state_->tasks.push_back(std::move(task));
        state_->grow();
    }
    state_->news.notify_one();   // without the lock, which the woken thread wants first of all
}

void WorkerPool::work(const std::shared_ptr<State>& state) {
    ::pthread_setname_np(::pthread_self(), "cortex-worker");
    pool_of_this_thread = state.get();
    std::unique_lock lock(state->mutex);
    for (;;) {
        ++state->idle;
        state->news.wait(lock, [&] { return state->stopping || !state->tasks.empty(); });
        --state->idle;
        if (state->stopping) break;
        {
            const std::function<void()> task = std::move(state->tasks.front());
            state->tasks.pop_front();
            lock.unlock();
            task();
        }
        lock.lock();
    }
    --state->alive;
    state->ended.notify_all();
}

WorkerPool::Waiting::Waiting() {
    auto* state = static_cast<State*>(pool_of_this_thread);
    if (state == nullptr) return;
    const std::lock_guard lock(state->mutex);
    ++state->waiting;
    state->grow();   // a task may have been waiting for just this place
}

WorkerPool::Waiting::~Waiting() {
    auto* state = static_cast<State*>(pool_of_this_thread);
    if (state == nullptr) return;
    const std::lock_guard lock(state->mutex);
    --state->waiting;
}

}  // namespace cortex
