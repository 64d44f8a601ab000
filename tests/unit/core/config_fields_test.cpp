#include "core/secret_access.hpp"

#include <cortex/config_fields.hpp>
#include <cortex/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace {

using namespace cortex;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The text of the ConfigError that `work` throws, or "" if it throws none.
std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

std::string refusal(std::string_view key, const ConfigValue& value) {
    return refusal([&] {
        ProviderConfig config;
        set_field(config, "providers.anthropic", key, value);
    });
}

std::string engine_refusal(std::string_view key, const ConfigValue& value) {
    return refusal([&] {
        EngineConfig config;
        set_field(config, key, value);
    });
}

ProviderConfig provider_with(std::string_view key, const ConfigValue& value) {
    ProviderConfig config;
    set_field(config, "providers.x", key, value);
    return config;
}

EngineConfig engine_with(std::string_view key, const ConfigValue& value) {
    EngineConfig config;
    set_field(config, key, value);
    return config;
}

TEST(ProviderFields, each_sets_its_member) {
    EXPECT_EQ(SecretAccess::text(provider_with("api_key", "sk-1").api_key), "sk-1");
    EXPECT_EQ(provider_with("base_url", "http://x").base_url, "http://x");
    EXPECT_EQ(provider_with("api_version", "2023-06-01").api_version, "2023-06-01");
    EXPECT_TRUE(provider_with("bedrock", true).bedrock);
    EXPECT_EQ(provider_with("aws_region", "eu-west-1").aws_region, "eu-west-1");
    EXPECT_TRUE(provider_with("vertex_ai", true).vertex_ai);
    EXPECT_EQ(provider_with("project", "p").project, "p");
    EXPECT_EQ(provider_with("location", "l").location, "l");
    EXPECT_EQ(provider_with("default_model", "m").default_model, "m");
    EXPECT_EQ(provider_with("model_path", "/m.gguf").model_path, "/m.gguf");
}

TEST(ProviderFields, answer_to_their_aliases) {
    EXPECT_EQ(provider_with("bedrock_region", "r").aws_region, "r");
    EXPECT_TRUE(provider_with("vertex_ai_anthropic", true).vertex_ai);
    EXPECT_EQ(provider_with("gcp_project", "p").project, "p");
    EXPECT_EQ(provider_with("vertex_ai_project", "p").project, "p");
    EXPECT_EQ(provider_with("gcp_location", "l").location, "l");
    EXPECT_EQ(provider_with("vertex_ai_region", "l").location, "l");
    EXPECT_EQ(provider_with("model_name", "m").default_model, "m");
}

TEST(ProviderFields, an_empty_key_is_an_absent_one) { EXPECT_TRUE(provider_with("api_key", "").api_key.absent()); }

TEST(ProviderFields, the_list_of_names_holds_those_that_are_taken_and_no_alias) {
    EXPECT_THAT(provider_field_names(),
                testing::ElementsAre("api_key", "base_url", "api_version", "bedrock", "aws_region", "vertex_ai",
                                     "project", "location", "default_model", "model_path", "aws_profile", "aws_access_key_id",
                                     "aws_secret_access_key", "aws_session_token", "aws_auth", "guardrail_id", "guardrail_version",
                                     "service_tier", "quota_project", "organization", "azure_endpoint", "azure_deployment"));
}

TEST(ProviderFields, an_unknown_key_is_refused_with_the_nearest) {
    EXPECT_EQ(refusal("api_kye", "x"), R"(providers.anthropic: unknown key "api_kye". Did you mean "api_key"?)");
    EXPECT_THAT(refusal("aws_regoin", "x"), HasSubstr("\"aws_region\""));
    EXPECT_THAT(refusal("gcp_projct", "x"), HasSubstr("\"gcp_project\""));
}

TEST(ProviderFields, an_unknown_key_far_from_all_is_refused_with_the_list) {
    EXPECT_THAT(refusal("zzzzzzzzzzzz", "x"), AllOf(HasSubstr("unknown key \"zzzzzzzzzzzz\""),
                                                    HasSubstr("api_key, base_url"), Not(HasSubstr("Did you mean"))));
}

TEST(ProviderFields, a_wrong_type_names_path_kind_and_wish) {
    EXPECT_EQ(refusal("base_url", true), "providers.anthropic.base_url is true or false; text is expected.");
    EXPECT_EQ(refusal("bedrock", "yes"), "providers.anthropic.bedrock is text; true or false is expected.");
    EXPECT_EQ(refusal("gcp_project", std::int64_t{7}),
              "providers.anthropic.gcp_project is a whole number; text is expected.");
    EXPECT_EQ(refusal("model_name", 0.5),
              "providers.anthropic.model_name is a number with a fraction; text is expected.");
}

TEST(ProviderFields, no_message_repeats_a_value) {
    EXPECT_THAT(refusal("api_key", std::int64_t{123456789}), AllOf(HasSubstr("api_key"), Not(HasSubstr("123456789"))));
    EXPECT_THAT(refusal("api_kye", "sk-ant-secret"), Not(HasSubstr("sk-ant")));
    EXPECT_THAT(refusal("bedrock", "sk-ant-secret"), Not(HasSubstr("sk-ant")));
}

TEST(ProviderFields, a_key_of_any_length_and_bytes_makes_a_readable_message) {
    const std::string message = refusal(std::string(10'000, 'k') + "\xff", "x");
    EXPECT_LT(message.size(), 700u);   // the known keys are all named, the unknown one is cut
    EXPECT_THAT(refusal("\xff\xfe", "x"), HasSubstr("\"\uFFFD\uFFFD\""));
}

TEST(EngineFields, each_sets_its_member) {
    EXPECT_EQ(engine_with("orchestrator_model", "o").orchestrator_model, "o");
    EXPECT_EQ(engine_with("worker_model", "w").worker_model, "w");
    EXPECT_EQ(engine_with("max_retries", std::int64_t{7}).max_retries, 7);
    EXPECT_EQ(engine_with("io_threads", std::int64_t{64}).io_threads, 64);
    EXPECT_EQ(engine_with("models_path", "/m.json").models_path, "/m.json");
    EXPECT_EQ(engine_with("retry_after_cap", std::int64_t{0}).retry_after_cap, 0ms);
    EXPECT_EQ(engine_with("connect_timeout", std::int64_t{3}).connect_timeout, 3000ms);
    EXPECT_EQ(engine_with("idle_timeout", 2.5).idle_timeout, 2500ms);
    EXPECT_EQ(engine_with("call_timeout", std::int64_t{86400}).call_timeout, 24h);
    EXPECT_EQ(engine_with("hedge_after", 1.5).hedge_after, 1500ms);
    EXPECT_DOUBLE_EQ(engine_with("hedge_budget", std::int64_t{1}).hedge_budget, 1.0);
}

TEST(EngineFields, a_tiny_time_does_not_become_none) {
    EXPECT_EQ(engine_with("idle_timeout", 0.0001).idle_timeout, 1ms);
    EXPECT_EQ(engine_with("idle_timeout", 0.3).idle_timeout, 300ms);
}

TEST(EngineFields, a_value_out_of_range_names_the_range) {
    EXPECT_EQ(engine_refusal("max_retries", std::int64_t{8}),
              "max_retries is 8; a whole number from 0 to 7 is expected.");
    EXPECT_THAT(engine_refusal("max_retries", std::int64_t{-1}), HasSubstr("from 0 to 7"));
    EXPECT_THAT(engine_refusal("io_threads", std::int64_t{0}), HasSubstr("from 1 to 64"));
    EXPECT_EQ(engine_refusal("idle_timeout", std::int64_t{0}),
              "idle_timeout is 0; a number of seconds above 0 and at most 86400 is expected.");
    EXPECT_THAT(engine_refusal("call_timeout", 86400.5), HasSubstr("at most 86400"));
    EXPECT_THAT(engine_refusal("retry_after_cap", -0.5), HasSubstr("from 0"));
    EXPECT_THAT(engine_refusal("hedge_after", 0.0), HasSubstr("above 0"));
    for (const double share : {0.0, 1.01, -1.0, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THAT(engine_refusal("hedge_budget", share), HasSubstr("above 0 and at most 1"));
    EXPECT_THAT(engine_refusal("connect_timeout", std::numeric_limits<double>::quiet_NaN()),
                HasSubstr("connect_timeout is nan"));
    EXPECT_THAT(engine_refusal("connect_timeout", std::numeric_limits<double>::infinity()),
                HasSubstr("connect_timeout is inf"));
    EXPECT_THAT(engine_refusal("call_timeout", std::numeric_limits<std::int64_t>::max()), HasSubstr("at most 86400"));
}

TEST(EngineFields, a_wrong_type_names_field_kind_and_wish) {
    EXPECT_EQ(engine_refusal("max_retries", "two"), "max_retries is text; a whole number from 0 to 7 is expected.");
    EXPECT_EQ(engine_refusal("max_retries", 2.0),
              "max_retries is a number with a fraction; a whole number from 0 to 7 is expected.");
    EXPECT_THAT(engine_refusal("idle_timeout", true), HasSubstr("idle_timeout is true or false; a number of seconds"));
    EXPECT_EQ(engine_refusal("worker_model", true), "worker_model is true or false; text is expected.");
    EXPECT_THAT(engine_refusal("providers", "anthropic"), HasSubstr("a table for each provider"));
}

TEST(EngineFields, an_unknown_key_is_refused_with_the_nearest) {
    EXPECT_EQ(engine_refusal("orchestrater_model", "x"),
              R"(unknown key "orchestrater_model". Did you mean "orchestrator_model"?)");
}

TEST(EngineFields, a_key_of_a_later_version_is_refused_and_says_so) {
    for (const char* key : {"weight_persistence_path", "enterprise_config", "tenant_id", "allowed_plugin_roots", "auth_manager"})
        EXPECT_THAT(engine_refusal(key, "x"), AllOf(HasSubstr(key), HasSubstr("not available in this version")));
    // Also where the value is a list, which no field here takes.
    EXPECT_THAT(refusal([] { throw_unknown_key("", "auth_manager", engine_field_names()); }),
                HasSubstr("not available in this version"));
    EXPECT_THAT(refusal([] { throw_unknown_key("providers.x", "tenant_id", provider_field_names()); }),
                HasSubstr("unknown key"));
}

TEST(EngineFields, every_listed_name_is_taken) {
    for (const std::string& name : engine_field_names()) {
        if (name == "allow_thinking" || name.starts_with("failover") || name == "continue_in_midstream") continue;
        EXPECT_THAT(engine_refusal(name, false), AllOf(HasSubstr(name), HasSubstr("is expected")))
            << name;   // known, and of another type
    }
    EXPECT_FALSE(engine_with("allow_thinking", false).allow_thinking);
    EXPECT_THAT(engine_refusal("allow_thinking", std::int64_t{1}), HasSubstr("true or false"));
    EXPECT_FALSE(engine_with("failover", false).failover);
    EXPECT_TRUE(engine_with("failover_on_auth_error", true).failover_on_auth_error);
    EXPECT_TRUE(engine_with("continue_in_midstream", true).continue_in_midstream);
    EXPECT_EQ(engine_field_names().size(), 17u);
}

TEST(EngineFields, a_list_of_models_is_a_list_of_texts) {
    const std::vector<std::string> models{"gemini-3.8-flash", "gpt-6.2-sol"};
    EXPECT_EQ(engine_with("fallback_models", models).fallback_models, models);
    EXPECT_THAT(engine_refusal("fallback_models", "gpt-6.2-sol"), HasSubstr("a list of texts is expected"));
    EXPECT_THAT(engine_refusal("worker_model", models), HasSubstr("is a list of texts; text is expected"));
}

TEST(BudgetFields, each_scope_has_money_and_tokens) {
    Budgets budgets;
    set_field(budgets, "budgets", "session_usd", std::int64_t{5});
    set_field(budgets, "budgets", "user_tokens", std::int64_t{100'000});
    EXPECT_EQ(budgets.session.usd, 5.0);
    EXPECT_EQ(budgets.user.tokens, 100'000);
    EXPECT_FALSE(budgets.engine.usd);
    const auto budget_refusal = [&](const char* key, const ConfigValue& value) { return refusal([&] { set_field(budgets, "budgets", key, value); }); };
    EXPECT_THAT(budget_refusal("engine_usd", 0.0), AllOf(HasSubstr("budgets.engine_usd is 0"), HasSubstr("above 0")));
    EXPECT_THAT(budget_refusal("run_usd", "five"), HasSubstr("budgets.run_usd is text"));
    EXPECT_THAT(budget_refusal("call_tokens", -1.5), HasSubstr("a number with a fraction"));
    EXPECT_THAT(budget_refusal("call_tokens", std::int64_t{0}), HasSubstr("above 0"));
    EXPECT_THAT(budget_refusal("sesion_usd", 1.0), HasSubstr("Did you mean \"session_usd\"?"));
    EXPECT_THAT(engine_refusal("budgets", 5.0), HasSubstr("a table of limits is expected"));
}

}  // namespace
