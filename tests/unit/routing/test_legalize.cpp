#include "core/catalog.hpp"
#include "core/legal_params.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace cortex {
namespace {

using Form = LegalParams::ThinkingForm;
using testing::HasSubstr;

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}
const ModelInfo& model(std::string_view id) { return *catalog().find(id); }

TEST(Legalize, the_default_answer_is_8192_tokens_or_the_models_limit) {
    EXPECT_EQ(legalize({}, model("claude-sonnet-4-5"), {})->max_tokens(), 8192);
    EXPECT_EQ(legalize({}, {.id = "small", .max_output_tokens = 1000}, {})->max_tokens(), 1000);
    EXPECT_EQ(legalize({}, {.id = "unknown"}, {})->max_tokens(), 8192);
}

TEST(Legalize, automatic_sends_nothing_about_thinking) {
    for (const ModelInfo& each : catalog().models()) {
        const auto params = legalize({}, each, {});
        EXPECT_EQ(params->thinking_form(), Form::absent) << each.id;
        EXPECT_EQ(params->effort(), "") << each.id;
    }
    EXPECT_FALSE(legalize({}, model("claude-sonnet-4-5"), {})->thinks());
    EXPECT_TRUE(legalize({}, model("claude-opus-5-5"), {})->thinks());
}

TEST(Legalize, a_budget_is_sent_exactly_and_max_tokens_rises_above_it) {
    const auto params = legalize({.thinking = 4096}, model("claude-sonnet-4-5"), {});
    EXPECT_EQ(params->thinking_form(), Form::budget);
    EXPECT_EQ(params->thinking_budget(), 4096);
    EXPECT_EQ(params->max_tokens(), 4096 + 8192);
}

TEST(Legalize, a_budget_near_the_models_limit_leaves_what_room_there_is) {
    const auto params = legalize({.thinking = 63'999}, model("claude-sonnet-4-5"), {});
    EXPECT_EQ(params->max_tokens(), 64'000);
    EXPECT_EQ(params->thinking_budget(), 63'999);
    EXPECT_EQ(legalize({.thinking = 64'000}, model("claude-sonnet-4-5"), {}).error().code, ErrorCode::config);
}

TEST(Legalize, a_budget_below_the_vendors_least_is_a_bad_value) {
    const auto params = legalize({.thinking = 1023}, model("claude-sonnet-4-5"), {});
    ASSERT_FALSE(params);
    EXPECT_THAT(params.error().message, HasSubstr("1024"));
}

TEST(Legalize, models_without_budgets_get_the_nearest_effort) {
    EXPECT_EQ(legalize({.thinking = 1024}, model("claude-opus-5"), {})->effort(), "low");
    EXPECT_EQ(legalize({.thinking = 8000}, model("claude-opus-5"), {})->effort(), "medium");
    EXPECT_EQ(legalize({.thinking = 16'000}, model("claude-opus-5"), {})->effort(), "high");
    EXPECT_EQ(legalize({.thinking = 100'000}, model("claude-opus-5"), {})->effort(), "max");
    EXPECT_EQ(legalize({.thinking = 8000}, model("claude-opus-5"), {})->thinking_form(), Form::adaptive);
}

TEST(Legalize, off_is_said_only_where_it_must_be_and_may_be) {
    EXPECT_EQ(legalize({.thinking = "off"}, model("claude-opus-5"), {})->thinking_form(), Form::disabled);
    EXPECT_FALSE(legalize({.thinking = "off"}, model("claude-opus-5"), {})->thinks());
    EXPECT_EQ(legalize({.thinking = "off"}, model("claude-sonnet-4-5"), {})->thinking_form(), Form::absent);
    EXPECT_EQ(legalize({.thinking = "off"}, model("claude-opus-5-5"), {})->thinking_form(), Form::absent);
    EXPECT_TRUE(legalize({.thinking = "off"}, model("claude-opus-5-5"), {})->thinks());
    EXPECT_EQ(legalize({.thinking = "off"}, model("claude-sonnet-5-5"), {})->thinking_form(), Form::absent);
}

TEST(Legalize, unknown_models_are_not_asked_to_think) {
    const ModelInfo unknown = catalog().describe("claude-future-9", "anthropic");
    const auto params = legalize({.thinking = 4096}, unknown, {});
    EXPECT_EQ(params->thinking_form(), Form::absent);
    EXPECT_EQ(params->max_tokens(), 8192);
}

TEST(Legalize, nonsense_is_a_bad_value) {
    EXPECT_EQ(legalize({.thinking = "sometimes"}, model("claude-sonnet-4-5"), {}).error().code, ErrorCode::config);
    EXPECT_EQ(legalize({.max_tokens = 0}, model("claude-sonnet-4-5"), {}).error().code, ErrorCode::config);
    EXPECT_EQ(legalize({.max_tokens = 64'001}, model("claude-sonnet-4-5"), {}).error().code, ErrorCode::config);
}

/// Whatever is wished of whatever model: the parameters are legal by the catalogue's rules, or there are none.
TEST(Legalize, ten_thousand_random_wishes_are_legal_or_refused) {
    const unsigned seed = 20261124;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto& models = catalog().models();
    for (int i = 0; i < 10'000; ++i) {
        const ModelInfo& each = models[random() % models.size()];
        Need need;
        switch (random() % 4) {
            case 0: break;
            case 1: need.thinking = "off"; break;
            default: need.thinking = static_cast<int>(random() % 140'000); break;
        }
        if (random() % 3 == 0) need.max_tokens = static_cast<int>(random() % 130'000);
        const Limits limits{.max_output_tokens = random() % 4 == 0 ? std::optional<std::int64_t>(256 + random() % 9000) : std::nullopt};
        const auto params = legalize(need, each, limits);
        if (!params) {
            EXPECT_TRUE(params.error().code == ErrorCode::config || (limits.max_output_tokens && params.error().code == ErrorCode::budget_exceeded));
            continue;
        }
        EXPECT_GE(params->max_tokens(), 1);
        if (each.max_output_tokens > 0) {
            EXPECT_LE(params->max_tokens(), each.max_output_tokens) << each.id;
        }
        if (limits.max_output_tokens) {
            EXPECT_LE(params->max_tokens(), *limits.max_output_tokens) << each.id;
        }
        if (params->thinking_form() == Form::budget) {
            EXPECT_TRUE(each.thinking.takes_budget) << each.id;
            EXPECT_GE(params->thinking_budget(), 1024);
            EXPECT_LT(params->thinking_budget(), params->max_tokens()) << each.id;
        }
        if (params->thinking_form() == Form::adaptive) {
            EXPECT_TRUE(each.thinking.takes_adaptive) << each.id;
        }
        if (params->thinking_form() == Form::disabled) {
            EXPECT_TRUE(each.thinking.takes_disabled) << each.id;
        }
        if (!params->effort().empty()) {
            EXPECT_NE(std::find(each.effort_levels.begin(), each.effort_levels.end(), params->effort()), each.effort_levels.end()) << each.id;
        }
    }
}

}  // namespace
}  // namespace cortex
