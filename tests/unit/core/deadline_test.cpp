#include "core/deadline.hpp"

#include "core/usage.hpp"

#include <gtest/gtest.h>

namespace {

using cortex::Deadline;
using cortex::SteadyTime;
using namespace std::chrono_literals;

TEST(Deadline, without_a_limit_never_passes_and_leaves_the_fallback) {
    const Deadline none;
    EXPECT_FALSE(none.limited());
    EXPECT_FALSE(none.passed(SteadyTime::max()));
    EXPECT_EQ(none.left(SteadyTime(5s), 42ms), 42ms);
}

TEST(Deadline, passes_at_its_moment_and_not_before) {
    const Deadline deadline = Deadline::after(SteadyTime(10s), 250ms);
    EXPECT_FALSE(deadline.passed(SteadyTime(10s) + 249ms));
    EXPECT_TRUE(deadline.passed(SteadyTime(10s) + 250ms));
}

TEST(Deadline, rounds_what_is_left_up_and_never_below_zero) {
    const Deadline deadline = Deadline::at(SteadyTime(10s));
    EXPECT_EQ(deadline.left(SteadyTime(10s) - 1ns, 0ms), 1ms);
    EXPECT_EQ(deadline.left(SteadyTime(11s), 7ms), 0ms);
}

TEST(Usage, adds_every_count_and_sums_input_without_overlap) {
    cortex::Usage sum{
        .input = 1, .cache_read = 2, .cache_write_5m = 3, .cache_write_1h = 4, .output = 5, .thinking = 6};
    sum += {.input = 10, .cache_read = 20, .cache_write_5m = 30, .cache_write_1h = 40, .output = 50, .thinking = 60};
    EXPECT_EQ(
        sum,
        (cortex::Usage{
            .input = 11, .cache_read = 22, .cache_write_5m = 33, .cache_write_1h = 44, .output = 55, .thinking = 66}));
    EXPECT_EQ(sum.cache_write(), 77);
    EXPECT_EQ(sum.total_input(), 110);
    EXPECT_EQ(sum.total(), 165);   // thinking is part of the output
}

}  // namespace
