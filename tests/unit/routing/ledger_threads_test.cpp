// Many threads, one budget: what they get together is exact. Meant for ThreadSanitizer too.
#include "routing/ledger.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace cortex::routing {
namespace {

constexpr int threads = 64;

/// Runs `work(number)` on 64 threads that begin together.
template <class Work>
void together(Work work) {
    std::barrier start(threads);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
    for (std::thread& each : all) each.join();
}

TEST(LedgerThreads, a_budget_for_so_many_calls_gives_exactly_so_many) {
    // 1,000 calls of 7 nano-dollars, and 6 left over that are no call.
    Ledger ledger({.engine = {.usd = 7'006e-9}});
    std::atomic<int> granted{0};
    together([&](int number) {
        const Spender who{.user = "u" + std::to_string(number % 3), .session = "s" + std::to_string(number), .run = "r" + std::to_string(number)};
        for (int i = 0; i < 200; ++i) {
            auto reserved = ledger.reserve(who, {.money = 7, .tokens = 3});
            if (!reserved) continue;
            ++granted;
            reserved->settle({.provider = "p", .model = "m", .usage = {.output = 3}, .cost = 7});
        }
    });
    EXPECT_EQ(granted, 1'000);
    EXPECT_EQ(ledger.room({}).money, 6);
    const auto total = ledger.report({.provider = false, .model = false, .user = false});
    ASSERT_EQ(total.size(), 1U);
    EXPECT_EQ(total[0].nanodollars, 7'000);
    EXPECT_EQ(total[0].calls, 1'000);
    EXPECT_EQ(total[0].output_tokens, 3'000);
}

TEST(LedgerThreads, what_is_held_at_once_never_passes_the_limit) {
    constexpr std::int64_t limit = 1'000;
    Ledger ledger({.user = {.usd = 1'000e-9, .tokens = 100'000}});
    const Spender who{.user = "ann"};
    std::atomic<std::int64_t> held{0};
    std::atomic<std::int64_t> highest{0};
    together([&](int number) {
        std::mt19937_64 random(static_cast<std::uint64_t>(number) + 1);
        for (int i = 0; i < 400; ++i) {
            auto reserved = ledger.reserve(who, {.money = static_cast<std::int64_t>(random() % 90), .tokens = 5});
            if (!reserved) continue;
            // Counted after it was taken and before it is given back, so what is seen is never more than what is held.
            const std::int64_t money = *reserved->amount().money;
            const std::int64_t now = held.fetch_add(money) + money;
            for (std::int64_t seen = highest; seen < now && !highest.compare_exchange_weak(seen, now);) {}
            held -= money;
        }
    });
    EXPECT_LE(highest, limit);
    EXPECT_GT(highest, 0);
    EXPECT_EQ(ledger.room(who).money, limit) << "all was given back";
    EXPECT_EQ(ledger.room(who).tokens, 100'000);
}

TEST(LedgerThreads, reports_and_forgetting_may_come_at_any_time) {
    Ledger ledger({.run = {.usd = 1.0}, .session = {.usd = 1.0}, .user = {.usd = 1.0}});
    together([&](int number) {
        const Spender who{.user = "u", .session = "s" + std::to_string(number), .run = "r" + std::to_string(number)};
        for (int i = 0; i < 50; ++i) {
            ledger.limit_run(who.run, {.money = 1'000});
            auto reserved = ledger.reserve(who, {.money = 10});
            ASSERT_TRUE(reserved) << reserved.error().message;
            ledger.forget_run(who.run);
            if (number == 0) ledger.allow_more(Scope::user, who, {.money = 1});
            reserved->settle({.provider = "p", .model = "m", .cost = 10});
            ledger.forget_session(who.session);
            EXPECT_LE(ledger.report().size(), 1U);
        }
    });
    EXPECT_EQ(ledger.report()[0].nanodollars, 64 * 50 * 10);
    EXPECT_EQ(ledger.room({.user = "u"}).money, 1'000'000'000 + 50 - 64 * 50 * 10);
}

TEST(LedgerThreads, one_warning_for_all) {
    Ledger ledger({.engine = {.usd = 64e-9}});
    std::atomic<int> warnings{0};
    together([&](int) {
        auto reserved = ledger.reserve({}, {.money = 1});
        ASSERT_TRUE(reserved);
        warnings += static_cast<int>(reserved->take_warnings().size());
        warnings += static_cast<int>(reserved->settle({.provider = "p", .model = "m", .cost = 1}).warnings.size());
    });
    EXPECT_EQ(warnings, 1);
}

}  // namespace
}  // namespace cortex::routing
