#include "routing/hedge_budget.hpp"

#include <gtest/gtest.h>

namespace cortex::routing {
namespace {

TEST(HedgeBudget, lets_so_many_calls_be_made_twice_and_no_more) {
    HedgeBudget budget(0.25);
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

}  // namespace
}  // namespace cortex::routing
