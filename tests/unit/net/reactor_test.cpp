#include "net/reactor.hpp"

#include "still_clock.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace cortex::net::test {
namespace {

using std::chrono::milliseconds;

struct Pair {
    Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0); }
    ~Pair() {
        for (const int fd : fds) close(fd);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    void ring() const { EXPECT_EQ(write(fds[1], "x", 1), 1); }
    int fd() const { return fds[0]; }
    std::array<int, 2> fds{};
};

struct Watcher final : IoHandler {
    void on_ready(int fd, Readiness ready) noexcept override {
        ++calls;
        last = ready;
        if (then) then(fd);
    }
    int calls = 0;
    Readiness last = {};
    std::function<void(int)> then = {};
};

constexpr Readiness readable{.readable = true};

TEST(Reactor, runs_due_timers_in_order_of_time_and_then_of_being_added) {
    StillClock clock;
    const auto reactor = Reactor::create(clock).value();
    std::string order;
    reactor->add_timer(clock.at + milliseconds(20), [&] { order += 'c'; });
    reactor->add_timer(clock.at + milliseconds(10), [&] { order += 'a'; });
    reactor->add_timer(clock.at + milliseconds(20), [&] { order += 'd'; });
    reactor->add_timer(clock.at + milliseconds(10), [&] { order += 'b'; });
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "");
    clock.at += milliseconds(10);
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "ab");
    clock.at += milliseconds(50);
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "abcd");
}

TEST(Reactor, lets_timers_cancel_and_move_each_other) {
    StillClock clock;
    const auto reactor = Reactor::create(clock).value();
    std::string order;
    TimerId second = 0;
    TimerId third = 0;
    reactor->add_timer(clock.at, [&] {
        order += 'a';
        EXPECT_TRUE(reactor->cancel_timer(second));
        EXPECT_FALSE(reactor->cancel_timer(second));
        EXPECT_TRUE(reactor->move_timer(third, clock.at + milliseconds(5)));
    });
    second = reactor->add_timer(clock.at, [&] { order += 'b'; });
    third = reactor->add_timer(clock.at, [&] { order += 'c'; });
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "a");
    clock.at += milliseconds(5);
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "ac");
    EXPECT_FALSE(reactor->move_timer(third, clock.at));
}

TEST(Reactor, leaves_a_timer_added_by_a_timer_to_the_next_round) {
    StillClock clock;
    const auto reactor = Reactor::create(clock).value();
    int runs = 0;
    std::function<void()> again = [&] {
        ++runs;
        reactor->add_timer(clock.at, [&] { again(); });
    };
    reactor->add_timer(clock.at, [&] { again(); });
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(runs, 1);
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(runs, 2);
}

TEST(Reactor, wakes_up_by_itself_for_a_timer) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    std::string order;
    const TimerId cancelled = reactor->add_timer(clock.now() + milliseconds(1), [&] { order += 'x'; });
    reactor->add_timer(clock.now() + milliseconds(6), [&] { reactor->stop(); });
    reactor->add_timer(clock.now() + milliseconds(3), [&] { order += 'a'; });
    reactor->cancel_timer(cancelled);
    reactor->run();
    EXPECT_EQ(order, "a");
}

TEST(Reactor, rearms_for_an_earlier_timer_added_while_it_runs) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    const TimerId late = reactor->add_timer(clock.now() + std::chrono::hours(1), [] {});
    reactor->post([&] { reactor->add_timer(clock.now() + milliseconds(2), [&] { reactor->stop(); }); });
    reactor->run();
    EXPECT_TRUE(reactor->cancel_timer(late));
}

TEST(Reactor, runs_posted_tasks_of_one_thread_in_order) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    std::string order;
    for (const char c : std::string("abc")) reactor->post([&order, c] { order += c; });
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(order, "abc");
}

TEST(Reactor, takes_tasks_from_many_threads) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    constexpr int threads = 8;
    constexpr int each = 2000;
    int sum = 0;
    std::array<int, threads> last{};
    std::vector<std::thread> posters;
    for (int t = 0; t < threads; ++t)
        posters.emplace_back([&, t] {
            for (int i = 1; i <= each; ++i)
                reactor->post([&, t, i] {
                    EXPECT_TRUE(reactor->on_reactor_thread());
                    EXPECT_EQ(last[static_cast<std::size_t>(t)] + 1, i);
                    last[static_cast<std::size_t>(t)] = i;
                    if (++sum == threads * each) reactor->stop();
                });
        });
    reactor->run();
    for (std::thread& poster : posters) poster.join();
    EXPECT_EQ(sum, threads * each);
    EXPECT_FALSE(reactor->on_reactor_thread());
}

TEST(Reactor, runs_what_was_posted_before_stop) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    std::string order;
    std::thread other([&] {
        reactor->post([&] { order += 'a'; });
        reactor->stop();
    });
    reactor->run();
    other.join();
    EXPECT_EQ(order, "a");
}

TEST(Reactor, stops_at_once_if_stop_came_first) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    reactor->stop();
    reactor->run();
    int runs = 0;
    reactor->post([&] {
        ++runs;
        reactor->stop();
    });
    reactor->run();
    EXPECT_EQ(runs, 1);
}

TEST(Reactor, destroys_tasks_that_never_ran) {
    const SystemClock clock;
    auto reactor = Reactor::create(clock).value();
    const auto held = std::make_shared<int>(1);
    reactor->post([held] {});
    reactor->add_timer(clock.now() + std::chrono::hours(1), [held] {});
    reactor.reset();
    EXPECT_EQ(held.use_count(), 1);
}

TEST(Reactor, reports_readiness_until_the_watch_ends) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    const Pair pair;
    Watcher watcher;
    ASSERT_TRUE(reactor->watch(pair.fd(), readable, watcher));
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(watcher.calls, 0);
    pair.ring();
    reactor->run_once(milliseconds(0));
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(watcher.calls, 2);
    EXPECT_EQ(watcher.last, readable);
    ASSERT_TRUE(reactor->watch(pair.fd(), {.readable = true, .writable = true}, watcher));
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(watcher.last, (Readiness{.readable = true, .writable = true}));
    reactor->unwatch(pair.fd());
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(watcher.calls, 3);
}

TEST(Reactor, does_not_deliver_an_event_to_a_watch_that_ended_in_the_same_round) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    const Pair a;
    const Pair b;
    Watcher first;
    Watcher second;
    const auto end_both = [&](int) {
        reactor->unwatch(a.fd());
        reactor->unwatch(b.fd());
    };
    first.then = end_both;
    second.then = end_both;
    reactor->watch(a.fd(), readable, first);
    reactor->watch(b.fd(), readable, second);
    a.ring();
    b.ring();
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(first.calls + second.calls, 1);
}

TEST(Reactor, does_not_deliver_an_old_event_to_a_new_watch_of_the_same_number) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    const Pair a;
    const Pair b;
    Watcher old_watch;
    Watcher new_watch;
    const auto replace_other = [&](int fd) {
        if (old_watch.calls > 1) return;
        const int other = fd == a.fd() ? b.fd() : a.fd();
        reactor->unwatch(other);
        reactor->watch(other, readable, new_watch);
    };
    old_watch.then = replace_other;
    reactor->watch(a.fd(), readable, old_watch);
    reactor->watch(b.fd(), readable, old_watch);
    a.ring();
    b.ring();
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(old_watch.calls, 1);
    EXPECT_EQ(new_watch.calls, 0);
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(old_watch.calls, 2);
    EXPECT_EQ(new_watch.calls, 1);
}

TEST(Reactor, watches_a_number_again_whose_descriptor_was_closed_without_a_word) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    Watcher watcher;
    Pair pair;
    ASSERT_TRUE(reactor->watch(pair.fds[0], readable, watcher));
    const int number = pair.fds[0];
    close(pair.fds[0]);
    close(pair.fds[1]);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.fds.data()), 0);
    ASSERT_EQ(pair.fds[0], number);
    ASSERT_TRUE(reactor->watch(number, {.readable = true, .writable = true}, watcher));
    reactor->run_once(milliseconds(0));
    EXPECT_EQ(watcher.calls, 1);
}

TEST(Reactor, refuses_to_watch_a_closed_descriptor) {
    const SystemClock clock;
    const auto reactor = Reactor::create(clock).value();
    Watcher watcher;
    int number = 0;
    {
        const Pair pair;
        number = pair.fd();
    }
    EXPECT_FALSE(reactor->watch(number, readable, watcher));
    EXPECT_FALSE(reactor->watch(-1, readable, watcher));
    reactor->unwatch(number);
    reactor->unwatch(-1);
    reactor->unwatch(1'000'000);
}

TEST(Task, moves_small_and_large_callables_and_frees_them) {
    const auto held = std::make_shared<int>(0);
    std::array<char, 200> ballast{};
    {
        Task small([held] { ++*held; });
        Task large([held, ballast] { *held += 10 + ballast[0]; });
        Task moved(std::move(small));
        EXPECT_FALSE(small);  // NOLINT(bugprone-use-after-move): it is defined to be empty
        moved();
        moved = std::move(large);
        moved();
        auto unique = std::make_unique<int>(100);
        Task owner([held, unique = std::move(unique)] { *held += *unique; });
        owner();
        EXPECT_EQ(*held, 111);
        EXPECT_EQ(held.use_count(), 3);
    }
    EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace cortex::net::test
