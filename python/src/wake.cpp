#include "wake.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace cortex::py {

WakeHub::WakeHub() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

WakeHub::~WakeHub() { close(); }

void WakeHub::wake(void* context) noexcept {
    auto* node = static_cast<WakeNode*>(context);
    WakeHub& hub = *node->hub;
    const std::lock_guard lock(hub.mutex_);
    if (node->queued_ || hub.fd_ < 0) return;
    node->queued_ = true;
    node->next_ = std::move(hub.newest_);
    hub.newest_ = node->shared_from_this();
    if (node->next_) return;   // the reader has not looked since the write before: it will find this one too
    const std::uint64_t one = 1;
    // It can only fail with EAGAIN, when the counter is full: then the descriptor is readable anyway.
    [[maybe_unused]] const auto written = ::write(hub.fd_, &one, sizeof one);
}

std::vector<std::shared_ptr<WakeNode>> WakeHub::take() {
    std::vector<std::shared_ptr<WakeNode>> taken;
    const std::lock_guard lock(mutex_);
    if (fd_ < 0) return taken;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
    for (auto node = std::move(newest_); node;) {
        auto older = std::move(node->next_);
        node->queued_ = false;
        taken.push_back(std::move(node));
        node = std::move(older);
    }
    std::reverse(taken.begin(), taken.end());
    return taken;
}

void WakeHub::wait(int milliseconds) noexcept {
    pollfd watched{.fd = fd_, .events = POLLIN, .revents = 0};
    ::poll(&watched, 1, milliseconds);
}

void WakeHub::close() noexcept {
    std::shared_ptr<WakeNode> dropped;
    {
        const std::lock_guard lock(mutex_);
        dropped = std::move(newest_);
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    while (dropped)
        dropped = std::move(dropped->next_);   // one by one: a long chain must not destroy itself recursively
}

}  // namespace cortex::py
