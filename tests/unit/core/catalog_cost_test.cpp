#include "catalog_fixture.hpp"
#include "core/usage.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace cortex;

std::optional<std::int64_t> cost(std::string_view id, const Usage& usage) {
    return cost_nanodollars(catalog_with()->find(id)->prices, usage);
}

TEST(Cost, adds_every_kind_of_token_at_its_price) {
    // claude-sonnet-4-5: 3 / 15, cache read 0.30, writes 3.75 and 6 dollars a million.
    EXPECT_EQ(cost("claude-sonnet-4-5", {.input = 1000}), 3'000'000);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.output = 1000}), 15'000'000);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.cache_read = 1000}), 300'000);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.cache_write_5m = 1000}), 3'750'000);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.cache_write_1h = 1000}), 6'000'000);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.input = 1000,
                                         .cache_read = 1000,
                                         .cache_write_5m = 1000,
                                         .cache_write_1h = 1000,
                                         .output = 1000,
                                         .thinking = 900}),
              28'050'000);   // thinking is part of the output and not paid twice
}

TEST(Cost, takes_the_price_of_long_prompts_for_the_whole_request_by_all_input) {
    // claude-haiku-5-5: 0.10 / 0.50 up to 100,000 tokens of input, cached or not, then 0.50 / 2.50.
    EXPECT_EQ(cost("claude-haiku-5-5", {.input = 100'000, .output = 1000}), 10'000'000 + 500'000);
    EXPECT_EQ(cost("claude-haiku-5-5", {.input = 100'001, .output = 1000}), 50'000'500 + 2'500'000);
    EXPECT_EQ(cost("claude-haiku-5-5", {.input = 1, .cache_read = 100'000}), 500 + 5'000'000);
}

TEST(Cost, rounds_up_once) {
    const Prices prices{
        .base = {.input = 1, .output = 1}};   // a micro-dollar a million tokens: a thousandth of a nano-dollar each
    EXPECT_EQ(cost_nanodollars(prices, {.input = 1}), 1);
    EXPECT_EQ(cost_nanodollars(prices, {.input = 400, .output = 600}), 1);
    EXPECT_EQ(cost_nanodollars(prices, {.input = 1000, .output = 1}), 2);
    EXPECT_EQ(cost_nanodollars(prices, {}), 0);
}

TEST(Cost, is_unknown_only_where_a_price_is_needed) {
    EXPECT_EQ(cost("claude-mythos-preview", {}), 0);
    EXPECT_EQ(cost("claude-mythos-preview", {.input = 1}), std::nullopt);
    EXPECT_EQ(cost("gpt-4o", {.input = 1000, .output = 1000}), 2'500'000 + 10'000'000);
    EXPECT_EQ(cost("gpt-4o", {.input = 1000, .cache_write_1h = 1}), std::nullopt);
}

TEST(Cost, of_a_local_model_is_known_to_be_nothing) {
    EXPECT_EQ(cost("qwen2.5-coder-1.5b-instruct", {.input = 1000, .cache_read = 5, .output = 1000}), 0);
}

TEST(Cost, that_does_not_fit_is_more_than_any_budget) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto huge = cost("claude-sonnet-4-5", {.input = most, .output = most});
    ASSERT_TRUE(huge.has_value());
    EXPECT_EQ(*huge, most / 1000 + 1);
    EXPECT_EQ(cost("claude-sonnet-4-5", {.output = most / 15'000'000 + 1}), most / 1000 + 1);
}

}  // namespace
