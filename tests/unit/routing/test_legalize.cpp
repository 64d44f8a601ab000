#include "core/catalog.hpp"
#include "core/legal_params.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

Need automatic(ThinkingLevel level, std::int64_t budget = 0) { return {.level = level, .budget = budget}; }

TEST(Legalize, a_turn_that_needs_no_thinking_gets_the_least_that_the_model_can_do) {
    for (const ModelInfo& each : catalog().models()) {
        const auto params = legalize({}, each, {});
        const bool has_none = std::find(each.effort_levels.begin(), each.effort_levels.end(), "none") != each.effort_levels.end();
        const bool can_be_switched_off = each.thinking.when_absent == ThinkingRules::WhenAbsent::off || each.thinking.takes_disabled || has_none;
        EXPECT_EQ(params->thinks(), !can_be_switched_off) << each.id;
        if (each.thinking.by_word) {
            const std::string least = has_none ? "none" : each.effort_levels.front();
            EXPECT_EQ(params->effort(), least == each.default_effort ? "" : least) << each.id;
            EXPECT_EQ(params->thinking_form(), params->effort().empty() ? Form::absent : Form::word) << each.id;
        } else if (each.thinking.when_absent == ThinkingRules::WhenAbsent::off) {
            EXPECT_EQ(params->thinking_form(), Form::absent) << each.id;
            EXPECT_EQ(params->effort(), "") << each.id;
        } else if (can_be_switched_off) {
            EXPECT_EQ(params->thinking_form(), Form::disabled) << each.id;
            EXPECT_EQ(params->effort(), "") << each.id;
        } else if (!each.effort_levels.empty()) {
            EXPECT_EQ(params->effort(), each.effort_levels.front()) << each.id;
        } else if (each.thinking.takes_budget && each.thinking.most_budget > 0) {
            EXPECT_EQ(params->thinking_budget(), 128) << each.id;
            EXPECT_EQ(params->max_tokens(), 128 + 8'192) << each.id;
        }
    }
}

TEST(Legalize, every_model_of_the_catalogue_gets_legal_parameters_for_every_level) {
    for (const ModelInfo& each : catalog().models()) {
        for (const ThinkingLevel level : {ThinkingLevel::off, ThinkingLevel::low, ThinkingLevel::medium, ThinkingLevel::high, ThinkingLevel::max}) {
            const auto params = legalize({.level = level, .budget = level == ThinkingLevel::off ? 0 : 16'384, .temperature = 0.5}, each, {});
            ASSERT_TRUE(params) << each.id;
            EXPECT_GE(params->max_tokens(), 1) << each.id;
            EXPECT_TRUE(each.max_output_tokens == 0 || params->max_tokens() <= each.max_output_tokens) << each.id;
            EXPECT_TRUE(params->effort().empty() || std::find(each.effort_levels.begin(), each.effort_levels.end(), params->effort()) != each.effort_levels.end())
                << each.id << ' ' << params->effort();
            EXPECT_TRUE(params->thinking_form() != Form::word || each.thinking.by_word) << each.id;
            if (params->thinking_form() == Form::budget) {
                EXPECT_TRUE(each.thinking.takes_budget) << each.id;
                EXPECT_LT(params->thinking_budget(), params->max_tokens()) << each.id;
                EXPECT_TRUE(each.thinking.most_budget == 0 || params->thinking_budget() <= each.thinking.most_budget) << each.id;
            }
            EXPECT_TRUE(!params->temperature() || (each.sampling.temperature && !params->thinks())) << each.id;
        }
    }
}

TEST(Legalize, a_level_is_the_models_own_word_where_words_say_all) {
    EXPECT_EQ(legalize(automatic(ThinkingLevel::high), model("gpt-6.2-sol"), {})->effort(), "high");
    EXPECT_EQ(legalize(automatic(ThinkingLevel::max), model("gpt-5.1"), {})->effort(), "high") << "the strongest that it has";
    EXPECT_EQ(legalize(automatic(ThinkingLevel::off), model("gpt-6-luna"), {})->effort(), "none");
    EXPECT_FALSE(legalize(automatic(ThinkingLevel::off), model("gpt-6-luna"), {})->thinks());
    EXPECT_EQ(legalize(automatic(ThinkingLevel::off), model("gpt-5.4"), {})->effort(), "") << "its default already";
    EXPECT_EQ(legalize(automatic(ThinkingLevel::low), model("gpt-5.4"), {})->effort(), "low");
    EXPECT_EQ(legalize(automatic(ThinkingLevel::medium), model("gemini-3.8-flash"), {})->effort(), "medium");
    EXPECT_EQ(legalize({.thinking = 4'096}, model("gemini-3-flash-preview"), {})->effort(), "medium");
    EXPECT_EQ(legalize({.thinking = 1'024}, model("gemini-3-flash-preview"), {})->effort(), "low");
}

TEST(Legalize, a_budget_stays_below_what_the_model_thinks_at_most) {
    EXPECT_EQ(legalize(automatic(ThinkingLevel::max, 60'000), model("gemini-2.5-flash"), {})->thinking_budget(), 24'576);
    EXPECT_EQ(legalize({.thinking = 30'000}, model("gemini-2.5-flash"), {}).error().code, ErrorCode::config);
    EXPECT_EQ(legalize({.thinking = "off"}, model("gemini-2.5-flash"), {})->thinking_form(), Form::disabled);
    EXPECT_EQ(legalize({}, model("gemini-2.5-flash-lite"), {})->thinking_form(), Form::absent);
}

TEST(Legalize, a_level_is_a_budget_where_the_model_takes_nothing_else) {
    const auto params = legalize(automatic(ThinkingLevel::medium, 4'096), model("claude-sonnet-4-5"), {});
    EXPECT_EQ(params->thinking_form(), Form::budget);
    EXPECT_EQ(params->thinking_budget(), 4'096);
    EXPECT_EQ(params->max_tokens(), 4'096 + 8'192);
}

TEST(Legalize, a_level_is_an_effort_where_the_model_adapts) {
    for (const auto& [level, word] : {std::pair(ThinkingLevel::low, "low"), std::pair(ThinkingLevel::medium, "medium"), std::pair(ThinkingLevel::high, "high"),
                                      std::pair(ThinkingLevel::max, "max")}) {
        const auto params = legalize(automatic(level, 4'096), model("claude-opus-4-6"), {});
        EXPECT_EQ(params->thinking_form(), Form::adaptive);
        EXPECT_EQ(params->effort(), word);
        EXPECT_EQ(params->max_tokens(), 8'192);
    }
}

TEST(Legalize, a_budget_of_the_brains_shrinks_to_the_room_and_gives_way_below_the_least) {
    const Need need = automatic(ThinkingLevel::max, 16'384);
    const auto shrunk = legalize(need, model("claude-sonnet-4-5"), {.max_output_tokens = 6'000});
    EXPECT_EQ(shrunk->thinking_budget(), 6'000 - 1'024);
    EXPECT_EQ(shrunk->max_tokens(), 6'000);
    const auto by_window = legalize(need, model("claude-sonnet-4-5"), {.context_left = 3'000});
    EXPECT_EQ(by_window->thinking_budget(), 3'000 - 1'024);
    const auto none = legalize(need, model("claude-sonnet-4-5"), {.max_output_tokens = 2'000});
    EXPECT_FALSE(none->thinks());
    EXPECT_EQ(none->thinking_form(), Form::absent);
    EXPECT_EQ(none->max_tokens(), 2'000);
}

TEST(Legalize, a_prohibition_beats_every_wish) {
    for (const Thinking wish : {Thinking(), Thinking(4'096)}) {
        const auto params = legalize({.thinking = wish, .level = ThinkingLevel::max, .budget = 8'000, .allow_thinking = false}, model("claude-sonnet-4-5"), {});
        EXPECT_FALSE(params->thinks());
        EXPECT_EQ(params->dropped().empty(), wish.kind() == Thinking::Kind::automatic);
    }
    EXPECT_EQ(legalize({.level = ThinkingLevel::max, .allow_thinking = false}, model("claude-opus-5"), {})->thinking_form(), Form::disabled);
}

TEST(Legalize, thinking_is_not_switched_on_in_mid_loop) {
    const Need need = automatic(ThinkingLevel::high, 8'192);
    EXPECT_FALSE(legalize(need, model("claude-sonnet-4-5"), {.keep_off = true})->thinks());
    EXPECT_FALSE(legalize(need, model("claude-sonnet-4-5"), {.loop_without_thinking = true})->thinks());
    EXPECT_FALSE(legalize({.thinking = 4'096}, model("claude-sonnet-4-5"), {.loop_without_thinking = true})->thinks());
    EXPECT_TRUE(legalize(need, model("claude-opus-4-6"), {.loop_without_thinking = true})->thinks()) << "adaptive thinking has no such rule";
}

TEST(Legalize, thinking_that_is_to_be_seen_is_asked_for) {
    Need need = automatic(ThinkingLevel::high, 8'192);
    EXPECT_FALSE(legalize(need, model("claude-opus-5"), {})->summarized());
    need.show_thinking = true;
    EXPECT_TRUE(legalize(need, model("claude-opus-5"), {})->summarized());
    EXPECT_TRUE(legalize(need, model("gemini-2.5-flash"), {})->summarized());
    EXPECT_FALSE(legalize(need, model("claude-sonnet-4-5"), {})->summarized()) << "shown beside a budget anyhow";
}

TEST(Legalize, temperature_goes_only_where_it_is_legal_and_is_named_where_not) {
    EXPECT_EQ(legalize({.temperature = 0.2}, model("claude-sonnet-4-5"), {})->temperature(), 0.2);
    const auto newer = legalize({.temperature = 0.2}, model("claude-opus-5"), {});
    EXPECT_FALSE(newer->temperature());
    EXPECT_THAT(newer->dropped().front(), HasSubstr("claude-opus-5"));
    EXPECT_FALSE(legalize({.thinking = 2'048, .temperature = 0.2}, model("claude-sonnet-4-5"), {})->temperature());
    EXPECT_EQ(legalize({.temperature = 1.5}, model("claude-sonnet-4-5"), {}).error().code, ErrorCode::config);
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
        need.level = static_cast<ThinkingLevel>(random() % 5);
        need.budget = need.level == ThinkingLevel::off ? 0 : 1'024 + static_cast<std::int64_t>(random() % 16'000);
        need.allow_thinking = random() % 8 != 0;
        need.show_thinking = random() % 2 == 0;
        if (random() % 4 == 0) need.temperature = static_cast<double>(random() % 11) / 10.0;
        if (random() % 3 == 0) need.max_tokens = static_cast<int>(random() % 130'000);
        const Limits limits{.max_output_tokens = random() % 4 == 0 ? std::optional<std::int64_t>(256 + random() % 9000) : std::nullopt,
                            .context_left = random() % 4 == 0 ? std::optional<std::int64_t>(1'024 + random() % 50'000) : std::nullopt,
                            .loop_without_thinking = random() % 4 == 0,
                            .keep_off = random() % 4 == 0};
        const auto params = legalize(need, each, limits);
        if (!params) {
            EXPECT_TRUE(params.error().code == ErrorCode::config || (limits.max_output_tokens && params.error().code == ErrorCode::budget_exceeded) ||
                        (limits.context_left && params.error().code == ErrorCode::context_length));
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
            const bool unstoppable = each.thinking.most_budget > 0 && each.thinking.when_absent == ThinkingRules::WhenAbsent::always_on;
            EXPECT_GE(params->thinking_budget(), unstoppable ? 128 : 1024);
            EXPECT_LT(params->thinking_budget(), params->max_tokens()) << each.id;
            EXPECT_FALSE(!unstoppable && (limits.loop_without_thinking || limits.keep_off || !need.allow_thinking)) << each.id;
        }
        if (params->thinking_form() == Form::adaptive) {
            EXPECT_TRUE(each.thinking.takes_adaptive) << each.id;
        }
        if (params->thinking_form() == Form::disabled) {
            EXPECT_TRUE(each.thinking.takes_disabled) << each.id;
        }
        if (params->temperature()) {
            EXPECT_TRUE(each.sampling.temperature && !params->thinks()) << each.id;
        }
        if (!params->effort().empty()) {
            EXPECT_NE(std::find(each.effort_levels.begin(), each.effort_levels.end(), params->effort()), each.effort_levels.end()) << each.id;
        }
    }
}

}  // namespace
}  // namespace cortex
