#pragma once

#include <memory>
#include <mutex>
#include <vector>

namespace cortex::py {

class WakeHub;

/// One run's place in its hub's ready list. `waiter` is a Python reference that only the holder of the interpreter's lock
/// touches; nothing in this file and its .cpp knows Python.
struct WakeNode : std::enable_shared_from_this<WakeNode> {
    explicit WakeNode(std::shared_ptr<WakeHub> its_hub) : hub(std::move(its_hub)) {}

    const std::shared_ptr<WakeHub> hub;
    void* waiter = nullptr;

private:
    friend class WakeHub;
    // Guarded by the hub's mutex. The list is made of the nodes themselves, so that a wake allocates nothing.
    bool queued_ = false;
    std::shared_ptr<WakeNode> next_;
};

/// Collects the runs that have news and makes one eventfd readable: one hub for each event loop, or for one blocking call.
/// Engine threads write, the loop's thread reads; no side ever waits for the interpreter's lock.
/// Threads: every member may be called from any thread.
class WakeHub {
public:
    /// Throws std::system_error where the process is out of file descriptors.
    WakeHub();
    ~WakeHub();
    WakeHub(const WakeHub&) = delete;
    WakeHub& operator=(const WakeHub&) = delete;

    int fd() const noexcept { return fd_; }

    /// For `Run::on_ready`; `node` is a `WakeNode*` that outlives the run's interest.
    static void wake(void* node) noexcept;
    /// Everything that became ready since the last call, the oldest first; the eventfd is quiet again.
    std::vector<std::shared_ptr<WakeNode>> take();
    /// Blocks until something is ready or the time is over, or a signal arrived.
    void wait(int milliseconds) noexcept;
    /// Later wakes are dropped and the descriptor is closed.
    void close() noexcept;

private:
    std::mutex mutex_;
    std::shared_ptr<WakeNode> newest_;
    int fd_ = -1;
};

}  // namespace cortex::py
