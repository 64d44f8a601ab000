#include "routing/attempt_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cortex::routing {
namespace {

TEST(AttemptBudget, lets_so_many_calls_be_made_twice_and_no_more) {
    AttemptBudget budget(0.25, 1, 10);
    EXPECT_TRUE(budget.spend()) << "one is in hand";
    EXPECT_FALSE(budget.spend());
    int second = 0;
    for (int call = 0; call < 400; ++call) {
        budget.earn();
        second += budget.spend();
    }
    EXPECT_EQ(second, 100);
    for (int call = 0; call < 1'000; ++call) budget.earn();
    int saved = 0;
    while (budget.spend()) ++saved;
    EXPECT_EQ(saved, 10);
}

TEST(AttemptBudget, is_shared_by_threads_without_a_loss) {
    AttemptBudget budget(0.5, 0, 1'000'000);
    std::atomic<int> taken{0};
    {
        std::vector<std::jthread> threads;
        for (int each = 0; each < 8; ++each)
            threads.emplace_back([&] {
                for (int call = 0; call < 1'000; ++call) {
                    budget.earn();
                    taken += budget.spend();
                }
            });
    }
    while (budget.spend()) ++taken;
    EXPECT_EQ(taken, 4'000);
}

}  // namespace
}  // namespace cortex::routing
