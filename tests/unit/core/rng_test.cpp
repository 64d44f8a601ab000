#include "core/rng.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

struct FixedRng final : cortex::Rng {
    explicit FixedRng(std::uint64_t first) : value(first) {}
    std::uint64_t next() override { return value; }
    std::uint64_t value;
};

TEST(Rng, unit_is_below_one_and_not_below_zero) {
    FixedRng most(std::numeric_limits<std::uint64_t>::max());
    EXPECT_LT(most.unit(), 1.0);
    EXPECT_GT(most.unit(), 0.999999);
    FixedRng least(0);
    EXPECT_EQ(least.unit(), 0.0);
}

TEST(RandomHex, has_as_many_lower_case_digits_as_asked_for) {
    FixedRng rng(0xFEDCBA9876543210U);
    EXPECT_EQ(random_hex(rng, 0), "");
    EXPECT_EQ(random_hex(rng, 5), "01234");
    EXPECT_EQ(random_hex(rng, 32), "0123456789abcdef0123456789abcdef");
}

TEST(SystemRng, does_not_repeat_itself) {
    cortex::SystemRng a;
    cortex::SystemRng b;
    EXPECT_NE(random_hex(a, 32), random_hex(b, 32));
    EXPECT_NE(random_hex(a, 32), random_hex(a, 32));
}

}  // namespace
