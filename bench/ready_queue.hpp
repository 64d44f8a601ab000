// How a server with many turns under way waits for them: the engine's threads put what has news into one queue, and one
// thread takes it out.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace bench {

class ReadyQueue {
public:
    /// What `Run::on_ready` is given: the queue, and who is to be woken.
    struct Ticket {
        ReadyQueue* queue = nullptr;
        std::size_t slot = 0;
    };

    ReadyQueue() : wake_(eventfd(0, EFD_CLOEXEC)) {}
    ReadyQueue(const ReadyQueue&) = delete;
    ReadyQueue& operator=(const ReadyQueue&) = delete;
    ~ReadyQueue() { close(wake_); }

    /// For room without allocation later: `put` must not fail.
    void reserve(std::size_t slots) {
        ready_.reserve(slots * 2);
        taken_.reserve(slots * 2);
    }

    static void wake(void* ticket) noexcept {
        const Ticket& from = *static_cast<Ticket*>(ticket);
        from.queue->put(from.slot);
    }

    /// Waits until something is ready, and returns all of it. Valid until the next call.
    const std::vector<std::size_t>& take() {
        taken_.clear();
        for (;;) {
            {
                const std::scoped_lock lock(mutex_);
                if (!ready_.empty()) {
                    taken_.swap(ready_);
                    return taken_;
                }
                asleep_ = true;
            }
            std::uint64_t count = 0;
            [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof count);
        }
    }

private:
    void put(std::size_t slot) noexcept {
        bool must_wake = false;
        {
            const std::scoped_lock lock(mutex_);
            ready_.push_back(slot);
            must_wake = std::exchange(asleep_, false);
        }
        if (!must_wake) return;
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t put = write(wake_, &one, sizeof one);
    }

    int wake_;
    std::mutex mutex_;
    std::vector<std::size_t> ready_;
    std::vector<std::size_t> taken_;
    bool asleep_ = false;
};

}  // namespace bench
