#include "routing/cache_choice.hpp"

#include "core/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

/// Prices in micro-dollars a million tokens.
const ModelInfo dear{.id = "dear",
                     .min_cacheable_tokens = 1'024,
                     .prices = {.base = {.input = 3'000'000, .output = 15'000'000, .cache_read = 300'000, .cache_write_5m = 3'750'000}}};
const ModelInfo cheap{.id = "cheap", .prices = {.base = {.input = 1'000'000, .output = 5'000'000, .cache_read = 100'000, .cache_write_5m = 1'250'000}}};

TEST(CacheChoice, a_long_warm_prompt_is_cheaper_to_go_on_with_on_the_dearer_model) {
    const auto choice = choose_by_cache(dear, {.tokens = 100'000, .idle = 10s}, cheap, {.prompt_tokens = 101'000, .output_tokens = 500});
    EXPECT_TRUE(choice.stay);
    EXPECT_EQ(choice.cost_stay, 100'000 * 300 + 1'000 * 3'750 + 500 * 15'000);
    EXPECT_EQ(choice.cost_leave, 101'000 * 1'250 + 500 * 5'000);
    EXPECT_EQ(choice.reason, "dear has 100000 of 101000 tokens in its prompt cache: the next call costs about 0.041250 USD there and 0.128750 USD on cheap");
}

TEST(CacheChoice, a_long_answer_outweighs_a_short_cached_prompt) {
    const auto choice = choose_by_cache(dear, {.tokens = 5'000, .idle = 10s}, cheap, {.prompt_tokens = 6'000, .output_tokens = 8'000});
    EXPECT_FALSE(choice.stay);
    EXPECT_LT(*choice.cost_leave, *choice.cost_stay);
}

TEST(CacheChoice, at_the_same_price_the_cache_stays) {
    const ModelInfo plain{.id = "plain", .prices = {.base = {.input = 1'000'000, .output = 0, .cache_read = 1'000'000}}};
    const auto choice = choose_by_cache(plain, {.tokens = 2'000}, plain, {.prompt_tokens = 2'000});
    EXPECT_EQ(choice.cost_stay, choice.cost_leave);
    EXPECT_TRUE(choice.stay);
}

TEST(CacheChoice, a_cold_cache_keeps_nobody) {
    const LikelyCall call{.prompt_tokens = 101'000, .output_tokens = 500};
    EXPECT_TRUE(choose_by_cache(dear, {.tokens = 100'000, .idle = 299s}, cheap, call).stay);
    const auto cold = choose_by_cache(dear, {.tokens = 100'000, .idle = 300s}, cheap, call);
    EXPECT_FALSE(cold.stay);
    EXPECT_FALSE(cold.cost_stay);
    EXPECT_THAT(cold.reason, AllOf(HasSubstr("cold"), HasSubstr("300 s")));
    EXPECT_TRUE(choose_by_cache(dear, {.tokens = 100'000, .idle = 300s, .lifetime = 3600s}, cheap, call).stay);
}

TEST(CacheChoice, below_the_models_minimum_nothing_was_cached) {
    const auto choice = choose_by_cache(dear, {.tokens = 1'023}, cheap, {.prompt_tokens = 1'100});
    EXPECT_FALSE(choice.stay);
    EXPECT_THAT(choice.reason, AllOf(HasSubstr("1023"), HasSubstr("1024")));
    EXPECT_TRUE(choose_by_cache(dear, {.tokens = 1'024}, cheap, {.prompt_tokens = 1'100}).stay);
    EXPECT_THAT(choose_by_cache(dear, {}, cheap, {.prompt_tokens = 1'100}).reason, HasSubstr("nothing"));
}

TEST(CacheChoice, an_unknown_price_is_no_reason_to_stay_and_is_said) {
    const ModelInfo unknown{.id = "mystery"};
    const LikelyCall call{.prompt_tokens = 101'000, .output_tokens = 500};
    const auto candidate = choose_by_cache(dear, {.tokens = 100'000}, unknown, call);
    EXPECT_FALSE(candidate.stay);
    EXPECT_TRUE(candidate.cost_stay);
    EXPECT_THAT(candidate.reason, AllOf(HasSubstr("mystery"), HasSubstr("unknown")));
    ModelInfo no_read = dear;
    no_read.id = "no_read";
    no_read.prices.base.cache_read = std::nullopt;
    const auto warm = choose_by_cache(no_read, {.tokens = 100'000}, cheap, call);
    EXPECT_FALSE(warm.stay);
    EXPECT_THAT(warm.reason, HasSubstr("no_read"));
}

TEST(CacheChoice, a_model_without_a_price_for_writing_takes_the_prompt_as_plain_input) {
    const ModelInfo plain{.id = "plain", .prices = {.base = {.input = 2'000'000, .output = 5'000'000, .cache_read = 200'000}}};
    EXPECT_EQ(choose_by_cache(dear, {.tokens = 10'000}, plain, {.prompt_tokens = 10'000}).cost_leave, 10'000 * 2'000);
    EXPECT_EQ(choose_by_cache(plain, {.tokens = 10'000}, dear, {.prompt_tokens = 12'000}).cost_stay, 10'000 * 200 + 2'000 * 2'000);
}

TEST(CacheChoice, long_prompts_have_their_own_tier) {
    ModelInfo tiered = cheap;
    tiered.prices.long_prompt_above = 50'000;
    tiered.prices.long_prompt = {.input = 4'000'000, .output = 9'000'000, .cache_read = 400'000};
    EXPECT_EQ(choose_by_cache(dear, {.tokens = 60'000}, tiered, {.prompt_tokens = 60'000, .output_tokens = 10}).cost_leave, 60'000 * 4'000 + 10 * 9'000)
        << "which has no price for writing";
}

TEST(CacheChoice, more_cached_than_the_prompt_has_counts_as_the_prompt) {
    EXPECT_EQ(choose_by_cache(dear, {.tokens = 9'000}, cheap, {.prompt_tokens = 2'000}).cost_stay, 2'000 * 300);
}

TEST(CacheChoice, staying_never_costs_more_than_leaving_for_the_same_model) {
    const auto catalog = *Catalog::load();
    int compared = 0;
    for (const ModelInfo& model : catalog->models()) {
        const auto choice = choose_by_cache(model, {.tokens = 90'000}, model, {.prompt_tokens = 100'000, .output_tokens = 1'000});
        if (!choice.cost_stay || !choice.cost_leave) continue;
        ++compared;
        EXPECT_TRUE(choice.stay) << model.id;
    }
    EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace cortex::routing
