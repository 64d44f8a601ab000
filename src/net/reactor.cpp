#include "net/reactor.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace cortex::net {
namespace {

// Their descriptors cannot collide with those of watches, whose generation is never zero.
constexpr std::uint64_t timer_key = 0;
constexpr std::uint64_t wake_key = 1;

std::uint64_t key_of(int fd, std::uint32_t generation) noexcept {
    return (static_cast<std::uint64_t>(generation) << 32U) | static_cast<std::uint32_t>(fd);
}

std::uint32_t epoll_events(Readiness wanted) noexcept {
    std::uint32_t events = 0;
    if (wanted.readable) events |= EPOLLIN;
    if (wanted.writable) events |= EPOLLOUT;
    return events;
}

ErrorInfo no_descriptors(int code) {
    ErrorInfo info;
    info.message = "the event loop could not be created: " + std::generic_category().message(code) +
                   ". Raise the limit of open files (ulimit -n).";
    return info;
}

/// Edge-triggered: each expiry or write makes one event, and nothing needs to be read back.
bool add_edge(int epoll, int fd, std::uint64_t key) noexcept {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = key;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Result<std::unique_ptr<Reactor>> Reactor::create(const Clock& clock) {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (epoll >= 0 && timer >= 0 && wake >= 0 && add_edge(epoll, timer, timer_key) && add_edge(epoll, wake, wake_key))
        return std::unique_ptr<Reactor>(new Reactor(clock, epoll, timer, wake));
    const int code = errno;
    for (const int fd : {epoll, timer, wake})
        if (fd >= 0) close(fd);
    return no_descriptors(code);
}

Reactor::Reactor(const Clock& clock, int epoll, int timer, int wake) noexcept
    : clock_(clock), epoll_(epoll), timer_(timer), wake_(wake), round_time_(clock.now()) {}

Reactor::~Reactor() {
    close(wake_);
    close(timer_);
    close(epoll_);
}

void Reactor::run() {
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    while (!stop_.exchange(false)) round(std::chrono::milliseconds(-1));
    run_tasks();
    thread_.store(std::thread::id(), std::memory_order_relaxed);
}

void Reactor::run_once(std::chrono::milliseconds wait) {
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    round(std::max(wait, std::chrono::milliseconds(0)));
    thread_.store(std::thread::id(), std::memory_order_relaxed);
}

void Reactor::stop() noexcept {
    stop_.store(true);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

void Reactor::post(Task task) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(task));
    }
    // The loop looks at the queue before it sleeps, so its own thread need not wake it; nor need a second poster.
    if (!first || on_reactor_thread()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

bool Reactor::watch(int fd, Readiness wanted, IoHandler& handler) {
    const auto index = static_cast<std::size_t>(fd);
    if (fd < 0) return false;
    if (index >= watches_.size()) watches_.resize(index + 1);
    Watch& watch = watches_[index];
    const bool known = watch.handler != nullptr;
    if (known && watch.wanted == wanted) {
        watch.handler = &handler;
        return true;
    }
    if (!known && ++watch.generation == 0) watch.generation = 1;
    epoll_event event{};
    event.events = epoll_events(wanted);
    event.data.u64 = key_of(fd, watch.generation);
    int status = epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    // A descriptor that was closed without `unwatch` left the kernel's list by itself, and its number came back.
    if (status != 0 && known && errno == ENOENT) status = epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    if (status != 0 && !known && errno == EEXIST) status = epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
    if (status != 0) {
        watch.handler = nullptr;
        return false;
    }
    watch.handler = &handler;
    watch.wanted = wanted;
    return true;
}

void Reactor::unwatch(int fd) noexcept {
    const auto index = static_cast<std::size_t>(fd);
    if (fd < 0 || index >= watches_.size() || watches_[index].handler == nullptr) return;
    watches_[index].handler = nullptr;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

bool Reactor::due(SteadyTime now) const noexcept {
    const auto earliest = timers_.earliest();
    return earliest && *earliest <= now;
}

/// Sets the timerfd only when it would ring too late. An early ring costs one empty round, a new setting one system
/// call for each of the many timers that are moved or cancelled before they are due.
void Reactor::arm_timer() noexcept {
    const auto earliest = timers_.earliest();
    if (!earliest || (armed_ && *armed_ <= *earliest)) return;
    const auto left = std::max(std::chrono::nanoseconds(1), std::chrono::nanoseconds(*earliest - clock_.now()));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    itimerspec spec{};
    spec.it_value.tv_sec = static_cast<std::time_t>(seconds.count());
    spec.it_value.tv_nsec = static_cast<long>((left - seconds).count());
    if (timerfd_settime(timer_, 0, &spec, nullptr) == 0) armed_ = *earliest;
}

void Reactor::round(std::chrono::milliseconds wait) {
    int timeout = static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), -1, 3'600'000));
    if (has_tasks() || due(clock_.now())) timeout = 0;
    if (timeout != 0) arm_timer();

    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
    round_time_ = clock_.now();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const std::uint64_t key = event.data.u64;
        if (key == timer_key) {
            armed_.reset();
            continue;
        }
        if (key == wake_key) continue;
        const int fd = static_cast<int>(key & 0xFFFFFFFFU);
        // An earlier callback of this round may have stopped the watch, and even started one for a new descriptor with
        // the same number: then the generation differs.
        const Watch& watch = watches_[static_cast<std::size_t>(fd)];
        if (watch.handler == nullptr || watch.generation != key >> 32U) continue;
        Readiness ready;
        ready.readable = (event.events & EPOLLIN) != 0;
        ready.writable = (event.events & EPOLLOUT) != 0;
        ready.failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        watch.handler->on_ready(fd, ready);
    }
    run_timers();
    run_tasks();
}

void Reactor::run_timers() {
    if (!timers_.earliest()) return;
    const SteadyTime now = clock_.now();
    // Timers added by these callbacks wait for the next round, so that descriptors get their turn.
    const std::uint64_t mark = timers_.mark();
    while (Task task = timers_.take_due(now, mark)) task();
}

void Reactor::run_tasks() {
    {
        const std::lock_guard lock(mutex_);
        if (posted_.empty()) return;
        running_.swap(posted_);
    }
    for (Task& task : running_) task();
    running_.clear();
}

bool Reactor::has_tasks() const {
    const std::lock_guard lock(mutex_);
    return !posted_.empty();
}

}  // namespace cortex::net
