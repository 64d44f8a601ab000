#include "auth/api_key.hpp"

#include "core/secret_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace cortex::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

World world_of(std::map<std::string, std::string, std::less<>> variables) {
    World world;
    world.env = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto it = variables.find(name);
        return it == variables.end() ? std::nullopt : std::optional(it->second);
    };
    return world;
}

std::string text_of(const Result<std::optional<Credential>>& fetched) {
    return fetched && *fetched ? std::string(SecretAccess::text((*fetched)->secret)) : std::string();
}

TEST(ApiKeySource, takes_the_configs_key_before_any_variable) {
    World world = world_of({{"ANTHROPIC_API_KEY", "sk-env"}});
    ApiKeySource source(anthropic_keys("anthropic", "sk-config"));
    const auto fetched = source.fetch(world);
    EXPECT_EQ(text_of(fetched), "sk-config");
    EXPECT_EQ((*fetched)->kind, Credential::Kind::api_key);
    EXPECT_EQ((*fetched)->source, "api_key");
    const CredentialReport report = source.report(world);
    EXPECT_TRUE(report.found);
    EXPECT_EQ(report.auth_mode, "api_key");
    EXPECT_EQ(report.notice, "");
    EXPECT_THAT(report.considered,
                ElementsAre("api_key: taken", "environment variable ANTHROPIC_API_KEY: set, but not used",
                            "environment variable ANTHROPIC_AUTH_TOKEN: not set"));
}

TEST(ApiKeySource, prefers_the_api_key_to_the_token_and_says_that_both_are_set) {
    World world = world_of({{"ANTHROPIC_API_KEY", "sk-env"}, {"ANTHROPIC_AUTH_TOKEN", "tok"}});
    ApiKeySource source(anthropic_keys("anthropic", {}));
    const auto fetched = source.fetch(world);
    EXPECT_EQ(text_of(fetched), "sk-env");
    EXPECT_EQ((*fetched)->source, "environment variable ANTHROPIC_API_KEY");
    EXPECT_EQ(source.report(world).notice,
              "Both ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are set; the first is used.");
}

TEST(ApiKeySource, sends_the_token_as_a_bearer_token) {
    World world = world_of({{"ANTHROPIC_API_KEY", ""}, {"ANTHROPIC_AUTH_TOKEN", "tok"}});
    ApiKeySource source(anthropic_keys("anthropic", ""));
    const auto fetched = source.fetch(world);
    EXPECT_EQ(text_of(fetched), "tok");
    EXPECT_EQ((*fetched)->kind, Credential::Kind::bearer);
    EXPECT_EQ(source.report(world).auth_mode, "bearer_token");
    EXPECT_THAT(source.report(world).considered[1], HasSubstr("set, but empty"));
}

TEST(ApiKeySource, tells_where_it_looked_when_there_is_nothing) {
    World world = world_of({});
    ApiKeySource source(anthropic_keys("anthropic", {}));
    const auto fetched = source.fetch(world);
    ASSERT_TRUE(fetched);
    EXPECT_FALSE(*fetched);
    EXPECT_EQ(source.missing().code, ErrorCode::auth);
    EXPECT_EQ(
        source.missing().message,
        "There is no key for anthropic. Set providers.anthropic.api_key, ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN.");
    const CredentialReport report = source.report(world);
    EXPECT_FALSE(report.found);
    EXPECT_EQ(report.detail, source.missing().message);
}

TEST(ApiKeySource, looks_anew_each_time) {
    std::string key = "sk-one";
    World world;
    world.env = [&](std::string_view name) { return name == "ANTHROPIC_API_KEY" ? std::optional(key) : std::nullopt; };
    ApiKeySource source(anthropic_keys("anthropic", {}));
    EXPECT_EQ(text_of(source.fetch(world)), "sk-one");
    key = "sk-two";
    EXPECT_EQ(text_of(source.fetch(world)), "sk-two");
}

TEST(ApiKeySource, refuses_a_key_that_no_header_can_carry_and_never_shows_it) {
    for (const std::string key :
         {"sk-secret\n", "sk-\tsecret", "sk-secr\xC3\xA9t", " sk-secret", "sk-\x7Fsecret", "sk-secret\r\nx-evil: 1"}) {
        World world = world_of({{"ANTHROPIC_API_KEY", key}});
        for (const Secret& configured : {Secret(key), Secret(), Secret([key] { return key; })}) {
            ApiKeySource source(anthropic_keys("anthropic", configured));
            const auto fetched = source.fetch(world);
            ASSERT_FALSE(fetched);
            EXPECT_EQ(fetched.error().code, ErrorCode::config);
            EXPECT_THAT(fetched.error().message, Not(HasSubstr("secr")));
            EXPECT_THAT(fetched.error().message, testing::AnyOf(HasSubstr("api_key"), HasSubstr("ANTHROPIC_API_KEY")));
        }
        const CredentialReport report = ApiKeySource(anthropic_keys("anthropic", {})).report(world);
        EXPECT_FALSE(report.found);
        EXPECT_THAT(report.detail, HasSubstr("ANTHROPIC_API_KEY"));
        EXPECT_THAT(report.detail, Not(HasSubstr("secr")));
    }
}

TEST(ApiKeySource, asks_a_callable_before_each_use_and_turns_what_it_throws_into_an_auth_error) {
    int asked = 0;
    World world = world_of({});
    ApiKeySource source(anthropic_keys("anthropic", Secret([&asked] { return "sk-" + std::to_string(++asked); })));
    EXPECT_TRUE(source.blocks());
    EXPECT_TRUE(source.report(world).found);
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(text_of(source.fetch(world)), "sk-1");
    EXPECT_EQ(text_of(source.fetch(world)), "sk-2");

    ApiKeySource failing(
        anthropic_keys("anthropic", Secret([]() -> std::string { throw std::runtime_error("vault is sealed"); })));
    const auto failed = failing.fetch(world);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::auth);
    EXPECT_THAT(failed.error().message, HasSubstr("vault is sealed"));

    ApiKeySource odd(anthropic_keys("anthropic", Secret([]() -> std::string { throw 7; })));
    EXPECT_EQ(odd.fetch(world).error().code, ErrorCode::auth);
    ApiKeySource empty(anthropic_keys("anthropic", Secret([] { return std::string(); })));
    EXPECT_EQ(empty.fetch(world).error().code, ErrorCode::auth);
}

TEST(ApiKeySource, leaves_a_key_of_the_runs_consumer_to_the_run) {
    World world = world_of({{"ANTHROPIC_API_KEY", "sk-env"}});
    ApiKeySource source(anthropic_keys("anthropic", Secret::from_run()));
    EXPECT_TRUE(source.from_run());
    EXPECT_FALSE(source.fetch(world));
    EXPECT_EQ(SecretAccess::text(source.accept("sk-given", "the run")->secret), "sk-given");
    EXPECT_FALSE(source.accept("sk given", "the run"));
}

TEST(ServerKeys, never_take_another_vendors_key_from_the_environment) {
    World world = world_of({{"OPENAI_API_KEY", "sk-openai"}, {"ANTHROPIC_API_KEY", "sk-ant"}});
    ApiKeySource source(server_keys("ollama", {}));
    const auto fetched = source.fetch(world);
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ((*fetched)->kind, Credential::Kind::none);
    EXPECT_TRUE((*fetched)->secret.absent());
    EXPECT_TRUE(source.report(world).found);
    EXPECT_EQ(source.report(world).auth_mode, "none");

    ApiKeySource keyed(server_keys("vllm", "token"));
    EXPECT_EQ((*keyed.fetch(world))->kind, Credential::Kind::bearer);
}

}  // namespace
}  // namespace cortex::auth
