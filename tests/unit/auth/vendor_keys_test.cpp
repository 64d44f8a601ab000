// Where OpenAI's, Azure's and Google's keys are looked for, and how each is sent.
#include "auth/api_key.hpp"
#include "core/secret_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cortex::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Credential::Kind;

World world_of(std::map<std::string, std::string, std::less<>> variables) {
    World world;
    world.env = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto it = variables.find(name);
        return it == variables.end() ? std::nullopt : std::optional(it->second);
    };
    return world;
}

/// "KIND SECRET", or "nothing".
std::string found(KeyPlan plan, std::map<std::string, std::string, std::less<>> variables) {
    World world = world_of(std::move(variables));
    const auto fetched = ApiKeySource(std::move(plan)).fetch(world);
    if (!fetched) return "error: " + fetched.error().message;
    if (!*fetched) return "nothing";
    return ((*fetched)->kind == Kind::bearer ? "bearer " : "key ") + std::string(SecretAccess::text((*fetched)->secret));
}

TEST(VendorKeys, come_from_the_vendors_own_variables) {
    EXPECT_EQ(found(openai_keys("openai", {}), {{"OPENAI_API_KEY", "sk-o"}}), "key sk-o");
    EXPECT_EQ(found(azure_keys("azure", {}), {{"AZURE_OPENAI_API_KEY", "a"}}), "key a");
    EXPECT_EQ(found(azure_keys("azure", {}), {{"AZURE_OPENAI_AD_TOKEN", "t"}}), "bearer t");
    EXPECT_EQ(found(gemini_keys("gemini", {}), {{"GEMINI_API_KEY", "g"}}), "key g");
    EXPECT_EQ(found(gemini_keys("gemini", {}), {{"GOOGLE_API_KEY", "AQ.any-shape"}}), "key AQ.any-shape");
}

TEST(VendorKeys, follow_the_vendors_order_where_two_are_set_and_say_so) {
    const std::map<std::string, std::string, std::less<>> azure{{"AZURE_OPENAI_API_KEY", "a"}, {"AZURE_OPENAI_AD_TOKEN", "t"}};
    EXPECT_EQ(found(azure_keys("azure", {}), azure), "bearer t");
    EXPECT_EQ(ApiKeySource(azure_keys("azure", {})).report(world_of(azure)).notice,
              "Both AZURE_OPENAI_AD_TOKEN and AZURE_OPENAI_API_KEY are set; the first is used.");
    const std::map<std::string, std::string, std::less<>> google{{"GEMINI_API_KEY", "g"}, {"GOOGLE_API_KEY", "o"}};
    EXPECT_EQ(found(gemini_keys("gemini", {}), google), "key o");
    EXPECT_THAT(ApiKeySource(gemini_keys("gemini", {})).report(world_of(google)).notice, HasSubstr("GOOGLE_API_KEY and GEMINI_API_KEY"));
}

TEST(VendorKeys, of_the_config_beat_every_variable) {
    EXPECT_EQ(found(openai_keys("openai", "mine"), {{"OPENAI_API_KEY", "sk-o"}}), "key mine");
    EXPECT_EQ(found(azure_keys("azure", "mine"), {{"AZURE_OPENAI_AD_TOKEN", "t"}, {"AZURE_OPENAI_API_KEY", "a"}}), "key mine");
    EXPECT_EQ(found(gemini_keys("gemini", "mine"), {{"GOOGLE_API_KEY", "o"}}), "key mine");
    EXPECT_THAT(ApiKeySource(azure_keys("azure", "mine")).report(world_of({{"AZURE_OPENAI_AD_TOKEN", "t"}})).considered,
                ElementsAre("api_key: taken", "environment variable AZURE_OPENAI_AD_TOKEN: set, but not used",
                            "environment variable AZURE_OPENAI_API_KEY: not set"));
}

TEST(VendorKeys, that_are_set_but_empty_count_as_unset) {
    EXPECT_EQ(found(openai_keys("openai", ""), {{"OPENAI_API_KEY", ""}}), "nothing");
    EXPECT_EQ(found(azure_keys("azure", {}), {{"AZURE_OPENAI_AD_TOKEN", ""}, {"AZURE_OPENAI_API_KEY", "a"}}), "key a");
    EXPECT_EQ(found(gemini_keys("gemini", {}), {{"GOOGLE_API_KEY", ""}, {"GEMINI_API_KEY", "g"}}), "key g");
}

TEST(VendorKeys, never_stand_in_for_one_another) {
    const std::map<std::string, std::string, std::less<>> all{
        {"OPENAI_API_KEY", "o"}, {"ANTHROPIC_API_KEY", "a"}, {"GEMINI_API_KEY", "g"}};
    EXPECT_EQ(found(azure_keys("azure", {}), all), "nothing");
    EXPECT_EQ(found(openai_keys("openai", {}), {{"AZURE_OPENAI_API_KEY", "a"}, {"GOOGLE_API_KEY", "g"}}), "nothing");
    EXPECT_EQ(found(gemini_keys("gemini", {}), {{"OPENAI_API_KEY", "o"}}), "nothing");
}

TEST(VendorKeys, that_are_nowhere_are_missed_by_name) {
    EXPECT_EQ(ApiKeySource(openai_keys("openai", {})).missing().message,
              "There is no key for openai. Set providers.openai.api_key or OPENAI_API_KEY.");
    EXPECT_EQ(ApiKeySource(azure_keys("azure", {})).missing().message,
              "There is no key for azure. Set providers.azure.api_key, AZURE_OPENAI_AD_TOKEN or AZURE_OPENAI_API_KEY.");
    EXPECT_EQ(ApiKeySource(gemini_keys("gemini", {})).missing().message,
              "There is no key for gemini. Set providers.gemini.api_key, GOOGLE_API_KEY or GEMINI_API_KEY.");
}

}  // namespace
}  // namespace cortex::auth
