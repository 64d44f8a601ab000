#include "routing/cost_guard.hpp"
#include "routing/select.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::routing {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}

WallTime day(int year, unsigned month, unsigned d) {
    return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(d));
}

const ProviderTraits anthropic{.name = "anthropic", .vendor = "anthropic"};
const ProviderTraits embedded{.name = "local", .vendor = "local", .embedded = true};
const ProviderTraits server{.name = "ollama", .vendor = "local", .default_model = "llama3.1:8b"};

TEST(ProviderFor, finds_a_model_by_row_prefix_or_server) {
    const std::vector all{anthropic, server, embedded};
    EXPECT_EQ(*provider_for("claude-sonnet-4-5", all, catalog()), 0U);
    EXPECT_EQ(*provider_for("claude-sonnet-4-5-20250929", all, catalog()), 0U);
    EXPECT_EQ(*provider_for("claude-something-new", all, catalog()), 0U);
    EXPECT_EQ(*provider_for("anthropic.claude-sonnet-4-5-20250514-v1:0", all, catalog()), 0U);
    EXPECT_EQ(*provider_for("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123", all, catalog()), 0U) << "it names no model";
    EXPECT_EQ(*provider_for("llama3.1:8b", all, catalog()), 1U);
    EXPECT_EQ(*provider_for("meta-llama/Llama-3.1-8B-Instruct", all, catalog()), 1U);
    EXPECT_EQ(*provider_for("qwen2.5-coder-1.5b-instruct", all, catalog()), 2U);
}

TEST(ProviderFor, a_provider_whose_default_it_is_comes_first) {
    const std::vector all{anthropic, ProviderTraits{.name = "proxy", .vendor = "local", .default_model = "claude-opus-5"}};
    EXPECT_EQ(*provider_for("claude-opus-5", all, catalog()), 1U);
}

TEST(ProviderFor, a_model_that_nobody_serves_is_an_error_that_names_it_and_who_is_there) {
    const auto found = provider_for("gpt-5.4", {anthropic, embedded}, catalog());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::config);
    EXPECT_THAT(found.error().message, AllOf(HasSubstr("gpt-5.4"), HasSubstr("anthropic, local"), HasSubstr("openai")));
}

TEST(ChooseRoles, four_combinations) {
    const std::vector only{anthropic};
    const WallTime now = day(2026, 11, 24);
    using Pair = std::pair<std::string, std::string>;
    const auto models = [&](std::string_view o, std::string_view w) {
        const auto roles = choose_roles(o, w, only, catalog(), now);
        return Pair(roles->orchestrator.model, roles->worker.model);
    };
    EXPECT_EQ(models("claude-opus-4-6", "claude-haiku-4-5"), Pair("claude-opus-4-6", "claude-haiku-4-5"));
    EXPECT_EQ(models("claude-opus-4-6", ""), Pair("claude-opus-4-6", "claude-opus-4-6"));
    EXPECT_EQ(models("", "claude-haiku-4-5"), Pair("claude-haiku-4-5", "claude-haiku-4-5"));
    EXPECT_EQ(models("", ""), Pair("claude-sonnet-4-5", "claude-sonnet-4-5"));
}

TEST(ChooseRoles, the_default_moves_on_when_it_retires) {
    EXPECT_EQ(choose_roles("", "", {anthropic}, catalog(), day(2026, 11, 29))->worker.model, "claude-sonnet-4-5");
    EXPECT_EQ(choose_roles("", "", {anthropic}, catalog(), day(2026, 12, 1))->worker.model, "claude-sonnet-5-5");
}

TEST(ChooseRoles, a_role_model_beats_default_model_and_default_model_beats_the_catalogue) {
    ProviderTraits with_default = anthropic;
    with_default.default_model = "claude-opus-5";
    EXPECT_EQ(choose_roles("", "", {with_default}, catalog(), day(2026, 11, 24))->orchestrator.model, "claude-opus-5");
    EXPECT_EQ(choose_roles("claude-haiku-4-5", "", {with_default}, catalog(), day(2026, 11, 24))->orchestrator.model, "claude-haiku-4-5");
}

TEST(ChooseRoles, a_server_without_a_model_name_is_an_error_and_none_is_guessed) {
    const auto roles = choose_roles("", "", {{.name = "vllm", .vendor = "local"}}, catalog(), day(2026, 11, 24));
    ASSERT_FALSE(roles);
    EXPECT_THAT(roles.error().message, AllOf(HasSubstr("default_model"), HasSubstr("vllm")));
}

TEST(ChooseRoles, each_role_may_live_at_another_provider) {
    const auto roles = choose_roles("claude-opus-4-6", "llama3.1:8b", {anthropic, server}, catalog(), day(2026, 11, 24));
    EXPECT_EQ(roles->orchestrator.provider, 0U);
    EXPECT_EQ(roles->worker.provider, 1U);
}

TEST(CostGuard, leaves_what_the_money_buys) {
    ModelInfo model{.id = "m"};
    model.prices.base = {.input = 3'000'000, .output = 15'000'000};
    // 300 bytes are at most 101 tokens at 3,000 nano-dollars; the rest buys output at 15,000.
    EXPECT_EQ(*affordable_output(model, 101, 101 * 3000 + 1000 * 15000), 1000);
}

TEST(CostGuard, refuses_what_cannot_fit_and_what_has_no_price) {
    ModelInfo model{.id = "m"};
    model.prices.base = {.input = 3'000'000, .output = 15'000'000};
    EXPECT_EQ(affordable_output(model, 101, 1000).error().code, ErrorCode::budget_exceeded);
    const auto unknown = affordable_output({.id = "m"}, 101, 1'000'000'000);
    EXPECT_EQ(unknown.error().code, ErrorCode::budget_exceeded);
    EXPECT_THAT(unknown.error().message, HasSubstr("unknown"));
}

TEST(CostGuard, what_is_free_has_no_limit) {
    ModelInfo model{.id = "m"};
    model.prices.base = {.input = 0, .output = 0};
    EXPECT_GT(*affordable_output(model, 101, 1), 1'000'000);
}

}  // namespace
}  // namespace cortex::routing
