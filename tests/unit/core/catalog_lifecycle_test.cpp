#include "catalog_fixture.hpp"

#include <gtest/gtest.h>

namespace {

using namespace cortex;

std::string default_of(std::string_view provider, WallTime now, std::string_view overrides = {}) {
    const auto catalog = catalog_with(overrides);
    const ModelInfo* model = catalog->default_model(provider, now);
    return model == nullptr ? "" : model->id;
}

TEST(CatalogDefault, is_sonnet_4_5_until_its_last_day_and_its_successor_from_then_on) {
    EXPECT_EQ(default_of("anthropic", noon(2026, 11, 24)), "claude-sonnet-4-5");
    EXPECT_EQ(default_of("anthropic", noon(2026, 11, 29)), "claude-sonnet-4-5");
    EXPECT_EQ(default_of("anthropic", noon(2026, 11, 30)), "claude-sonnet-5-5");
    EXPECT_EQ(default_of("anthropic", noon(2030, 1, 1)), "claude-sonnet-5-5");
}

TEST(CatalogDefault, exists_for_each_provider_and_for_no_other) {
    EXPECT_EQ(default_of("openai", noon(2026, 11, 24)), "gpt-6.2-sol");
    EXPECT_EQ(default_of("gemini", noon(2026, 11, 24)), "gemini-3.8-flash");
    EXPECT_EQ(default_of("local", noon(2026, 11, 24)), "qwen2.5-coder-1.5b-instruct");
    EXPECT_EQ(default_of("acme", noon(2026, 11, 24)), "");
}

TEST(CatalogDefault, moves_with_an_override_of_the_date) {
    EXPECT_EQ(default_of("anthropic", noon(2026, 11, 24), R"([{"id":"claude-sonnet-4-5","retires_at":"2026-11-01"}])"),
              "claude-sonnet-5-5");
    EXPECT_EQ(default_of("anthropic", noon(2026, 12, 24), R"([{"id":"claude-sonnet-4-5","retires_at":null}])"),
              "claude-sonnet-4-5");
    EXPECT_EQ(default_of("anthropic", noon(2026, 11, 24), R"([{"id":"claude-sonnet-4-5","status":"retired"}])"),
              "claude-sonnet-5-5");
}

TEST(CatalogDefault, follows_successors_as_far_as_one_that_lives) {
    EXPECT_EQ(default_of("anthropic", noon(2027, 1, 1),
                         R"([{"id":"claude-sonnet-5-5","retires_at":"2026-12-01","successor":"claude-opus-5-5"}])"),
              "claude-opus-5-5");
}

TEST(CatalogDefault, goes_on_to_the_next_balanced_model_where_a_chain_ends_or_turns_in_a_circle) {
    EXPECT_EQ(default_of("anthropic", noon(2027, 1, 1), R"([{"id":"claude-sonnet-4-5","successor":null}])"),
              "claude-sonnet-5-5");
    EXPECT_EQ(default_of("anthropic", noon(2027, 1, 1),
                         R"([{"id":"claude-sonnet-5-5","retires_at":"2026-12-01","successor":"claude-sonnet-4-5"}])"),
              "claude-sonnet-5");
}

TEST(CatalogDefault, a_provider_of_the_users_own_has_one_too) {
    EXPECT_EQ(default_of("acme", noon(2026, 11, 24), R"([{"id":"acme-1","provider":"acme","standing":"balanced"}])"),
              "acme-1");
}

std::string notice(std::string_view id, WallTime now) {
    return Catalog::lifecycle_notice(*catalog_with()->find(id), now).value_or("");
}

TEST(LifecycleNotice, names_model_date_and_successor) {
    EXPECT_EQ(notice("claude-sonnet-4-5", noon(2026, 11, 24)),
              "The model claude-sonnet-4-5 retires on 2026-11-30; its successor is claude-sonnet-5-5.");
    EXPECT_EQ(notice("claude-sonnet-4-5", noon(2026, 11, 30)),
              "The model claude-sonnet-4-5 was retired on 2026-11-30; its successor is claude-sonnet-5-5.");
    EXPECT_EQ(notice("o3-mini", noon(2026, 11, 24)),
              "The model o3-mini was retired on 2026-10-23; its successor is gpt-6.1-terra.");
}

TEST(LifecycleNotice, says_where_there_is_no_successor) {
    EXPECT_EQ(notice("claude-mythos-preview", noon(2026, 11, 24)),
              "The model claude-mythos-preview was retired on 2026-06-30; no successor is known.");
}

TEST(LifecycleNotice, comes_ninety_days_before_the_date) {
    EXPECT_EQ(notice("claude-sonnet-4-5", noon(2026, 8, 31)), "");
    EXPECT_NE(notice("claude-sonnet-4-5", noon(2026, 9, 1)), "");   // 90 days before 2026-11-30
}

TEST(LifecycleNotice, is_silent_for_models_that_stay_and_for_unknown_ones) {
    EXPECT_EQ(notice("claude-sonnet-5-5", noon(2026, 11, 24)), "");
    EXPECT_EQ(notice("gemini-3.7-flash", noon(2026, 11, 24)), "");   // deprecated, without a date
    EXPECT_EQ(Catalog::lifecycle_notice(catalog_with()->describe("claude-next", "anthropic"), noon(2026, 11, 24)),
              std::nullopt);
}

TEST(LifecycleNotice, needs_no_date_for_a_retired_model) {
    const auto catalog = catalog_with(R"([{"id":"old","provider":"acme","status":"retired","successor":"new"}])");
    EXPECT_EQ(Catalog::lifecycle_notice(*catalog->find("old"), noon(2026, 11, 24)),
              "The model old is retired; its successor is new.");
}

}  // namespace
