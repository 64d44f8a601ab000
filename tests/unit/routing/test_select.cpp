#include "routing/cost_guard.hpp"
#include "routing/select.hpp"

#include <fmt/format.h>
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

TEST(ProviderFor, tells_the_vendors_apart_by_row_and_by_prefix) {
    const ProviderTraits openai{.name = "openai", .vendor = "openai"};
    const ProviderTraits gemini{.name = "gemini", .vendor = "gemini"};
    const std::vector all{openai, gemini, anthropic, server};
    for (const auto& [id, at] : {std::pair<const char*, std::size_t>("gpt-4o", 0), {"gpt-5.4-mini-2026-03-17", 0}, {"gpt-9-nova", 0}, {"o3", 0}, {"o9-mini", 0},
                                 {"ft:gpt-4o-mini:acme::x1", 0}, {"gemini-2.5-pro", 1}, {"gemini-9-zinc", 1}, {"models/gemini-2.5-flash", 1}, {"claude-opus-4-6", 2},
                                 {"anthropic.claude-9", 2}, {"llama3.1:8b", 3}, {"mistral-large", 3}, {"openai/gpt-oss-20b", 3}})
        EXPECT_EQ(*provider_for(id, all, catalog()), at) << id;
}

TEST(ProviderFor, azure_takes_names_that_nobody_else_claims) {
    const ProviderTraits azure{.name = "azure", .vendor = "openai", .deployments = true};
    EXPECT_EQ(*provider_for("my-team-deployment", {anthropic, azure}, catalog()), 1U);
    EXPECT_EQ(*provider_for("gpt-4o", {anthropic, azure}, catalog()), 1U);
    EXPECT_FALSE(provider_for("gemini-3.8-flash", {anthropic, azure}, catalog()));
}

TEST(ChooseFallbacks, are_the_providers_defaults_in_their_order_or_what_the_user_lists) {
    const ProviderTraits gemini{.name = "gemini", .vendor = "gemini", .default_model = "gemini-3-flash-preview"};
    const ProviderTraits bare{.name = "vllm", .vendor = "local"};
    const std::vector all{anthropic, gemini, embedded, bare, server};
    const WallTime now = day(2026, 11, 28);
    const auto names = [](const auto& chain) {
        std::vector<std::string> out;
        for (const auto& choice : *chain) out.push_back(fmt::format("{}@{}", choice.model, choice.provider));
        return out;
    };
    EXPECT_THAT(names(choose_fallbacks({}, all, catalog(), now)), testing::ElementsAre("claude-sonnet-4-5@0", "gemini-3-flash-preview@1", "llama3.1:8b@4"));
    EXPECT_THAT(names(choose_fallbacks({"gemini-3.8-flash", "claude-haiku-4-5"}, all, catalog(), now)), testing::ElementsAre("gemini-3.8-flash@1", "claude-haiku-4-5@0"));
    const auto refused = choose_fallbacks({"claude-haiku-4-5", "gpt-6.2-sol"}, {anthropic}, catalog(), now);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("fallback_models[1]"), HasSubstr("gpt-6.2-sol")));
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
