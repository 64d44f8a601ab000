#include "routing/cost_guard.hpp"

#include "core/catalog.hpp"
#include "core/usage.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cortex::routing {
namespace {

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}

TEST(EstimateCall, takes_the_whole_prompt_as_written_to_the_dearest_cache) {
    const ModelInfo& claude = *catalog().find("claude-sonnet-4-5");   // 3 in, 6 for an hour's write, 15 out
    EXPECT_EQ(estimate_call(claude, 1'000, 100), (Amount{.money = 1'000 * 6'000 + 100 * 15'000, .tokens = 1'100}));
    ModelInfo five_minutes{.id = "m", .prices = {.base = {.input = 2'000'000, .output = 10'000'000, .cache_write_5m = 2'500'000}}};
    EXPECT_EQ(estimate_call(five_minutes, 1'000, 0).money, 1'000 * 2'500) << "dearer than plain input";
    ModelInfo no_cache{.id = "m", .prices = {.base = {.input = 2'000'000, .output = 10'000'000}}};
    EXPECT_EQ(estimate_call(no_cache, 1'000, 0).money, 1'000 * 2'000);
}

TEST(EstimateCall, knows_the_tier_of_long_prompts) {
    const ModelInfo model{.id = "m",
                          .prices = {.base = {.input = 1'000'000, .output = 2'000'000}, .long_prompt_above = 1'000, .long_prompt = {.input = 5'000'000, .output = 9'000'000}}};
    EXPECT_EQ(estimate_call(model, 1'000, 10).money, 1'000 * 1'000 + 10 * 2'000);
    EXPECT_EQ(estimate_call(model, 1'001, 10).money, 1'001 * 5'000 + 10 * 9'000);
}

TEST(EstimateCall, an_unknown_price_is_unknown_and_a_free_model_is_free) {
    EXPECT_EQ(estimate_call({.id = "m"}, 10, 10), (Amount{.money = std::nullopt, .tokens = 20}));
    EXPECT_EQ(estimate_call({.id = "m", .prices = {.base = {.input = 1}}}, 10, 0).money, std::nullopt) << "an answer has a price";
    EXPECT_EQ(estimate_call({.id = "m", .prices = {.base = {.input = 0, .output = 0}}}, 10, 10).money, 0);
}

TEST(EstimateCall, sums_that_do_not_fit_are_the_largest) {
    const ModelInfo model{.id = "m", .prices = {.base = {.input = 1'000'000, .output = 1'000'000}}};
    EXPECT_GE(*estimate_call(model, INT64_MAX / 2, 0).money, INT64_MAX / 1000);
    EXPECT_EQ(estimate_call(model, INT64_MAX - 1, 10).tokens, INT64_MAX);
}

TEST(AffordableOutput, what_it_allows_is_within_the_limit_and_one_token_more_is_not) {
    std::mt19937_64 random(7);
    int compared = 0;
    for (const ModelInfo& model : catalog().models()) {
        for (int i = 0; i < 50; ++i) {
            const auto prompt = static_cast<std::int64_t>(random() % 400'000);
            const auto limit = static_cast<std::int64_t>(random() % 3'000'000'000);
            const auto most = affordable_output(model, prompt, limit);
            if (!most || *most == INT64_MAX) continue;
            ++compared;
            ASSERT_LE(*estimate_call(model, prompt, *most).money, limit) << "seed 7: " << model.id << ", " << prompt << " tokens";
            ASSERT_GT(*estimate_call(model, prompt, *most + 1).money, limit) << "seed 7: " << model.id << ", " << prompt << " tokens";
        }
    }
    EXPECT_GT(compared, 500);
}

TEST(AffordableOutput, a_vast_limit_does_not_overflow) {
    const ModelInfo model{.id = "m", .prices = {.base = {.input = 3'000'000, .output = 15'000'000}}};
    EXPECT_GT(*affordable_output(model, 100, INT64_MAX), 1'000'000'000);
}

/// What a call really costs, however the vendor splits the prompt between its caches, is never more than was estimated.
TEST(EstimateCall, no_way_of_charging_the_prompt_costs_more) {
    std::mt19937_64 random(11);
    for (const ModelInfo& model : catalog().models()) {
        for (int i = 0; i < 20; ++i) {
            const auto part = [&] { return static_cast<std::int64_t>(random() % 150'000); };
            const Usage usage{.input = part(),
                              .cache_read = model.prices.base.cache_read ? part() : 0,
                              .cache_write_5m = model.prices.base.cache_write_5m ? part() : 0,
                              .cache_write_1h = model.prices.base.cache_write_1h ? part() : 0,
                              .output = part()};
            const auto cost = cost_nanodollars(model.prices, usage);
            if (!cost) continue;
            ASSERT_LE(*cost, *estimate_call(model, usage.total_input(), usage.output).money) << "seed 11: " << model.id;
        }
    }
}

}  // namespace
}  // namespace cortex::routing
