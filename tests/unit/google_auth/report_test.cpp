#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(AdcReport, lists_each_place_in_order_and_asks_nobody) {
    GoogleWorld world;
    world.named(service_account_json());
    world.gcloud(user_json());
    const CredentialReport report = world.report();
    EXPECT_TRUE(report.found);
    EXPECT_EQ(report.auth_mode, "google_adc");
    EXPECT_EQ(report.source, "service account worker@demo-project.iam.gserviceaccount.com (/k.json, GOOGLE_APPLICATION_CREDENTIALS)");
    EXPECT_THAT(report.considered,
                ElementsAre("api_key: not set in the configuration",
                            "environment variable GOOGLE_APPLICATION_CREDENTIALS: taken: service account worker@demo-project.iam.gserviceaccount.com (/k.json, "
                            "GOOGLE_APPLICATION_CREDENTIALS)",
                            "gcloud user credentials (/home/u/.config/gcloud/application_default_credentials.json): there, but not used",
                            "metadata server: not needed"));
    EXPECT_TRUE(world.requests.empty());
    EXPECT_TRUE(world.programs.empty());
}

TEST(AdcReport, of_an_own_token_is_of_another_mode) {
    GoogleWorld world;
    world.options.access_token = "own-token";
    const CredentialReport report = world.report();
    EXPECT_TRUE(report.found);
    EXPECT_EQ(report.auth_mode, "bearer_token");
    EXPECT_EQ(report.source, "api_key");
    EXPECT_THAT(report.considered, ElementsAre("api_key: taken: api_key", "environment variable GOOGLE_APPLICATION_CREDENTIALS: not set",
                                               "gcloud user credentials (/home/u/.config/gcloud/application_default_credentials.json): no such file",
                                               "metadata server: not needed"));
}

TEST(AdcReport, of_nothing_says_what_to_do) {
    GoogleWorld world;
    const CredentialReport report = world.report();
    EXPECT_FALSE(report.found);
    EXPECT_EQ(report.source, "");
    EXPECT_EQ(report.considered.back(), "metadata server: asked when needed; nothing says that this machine has one");
    EXPECT_THAT(report.detail, HasSubstr("Run `gcloud auth application-default login`"));
}

TEST(AdcReport, tells_a_machine_in_googles_cloud_without_asking) {
    for (const std::string variable : {"GCE_METADATA_HOST", "K_SERVICE", ""}) {
        GoogleWorld world;
        if (variable.empty())
            world.files["/sys/class/dmi/id/product_name"] = "Google Compute Engine";
        else
            world.environment[variable] = "x";
        const CredentialReport report = world.report();
        EXPECT_TRUE(report.found);
        EXPECT_EQ(report.source, "metadata server");
        EXPECT_EQ(report.considered.back(), "metadata server: asked when needed");
    }
}

TEST(AdcReport, after_a_fetch_says_what_came_of_it) {
    GoogleWorld world;
    world.gcloud(user_json());
    auth::google::Adc adc(world.options);
    world.token();
    ASSERT_EQ(token_text(world.fetch_with(adc)), "token-of-google");
    EXPECT_EQ(adc.report(world.world()).expires_at, world.clock.wall_now + std::chrono::seconds(3599));

    world.answer(400, R"({"error":"invalid_grant"})");
    ASSERT_FALSE(world.fetch_with(adc));
    const CredentialReport refused = adc.report(world.world());
    EXPECT_FALSE(refused.found);
    EXPECT_THAT(refused.detail, HasSubstr("refused the gcloud user credentials"));
    EXPECT_FALSE(refused.expires_at);

    world.token();   // the refusal is of the past
    ASSERT_EQ(token_text(world.fetch_with(adc)), "token-of-google");
    EXPECT_TRUE(adc.report(world.world()).found);

    world.files.clear();
    world.answers.clear();
    ASSERT_EQ(token_text(world.fetch_with(adc)), "nothing");
    const CredentialReport nothing = adc.report(world.world());
    EXPECT_FALSE(nothing.found);
    EXPECT_EQ(nothing.considered.back(), "metadata server: it did not answer");
    world.gcloud(user_json());   // logged in since: the last fetch knows nothing of it
    EXPECT_TRUE(adc.report(world.world()).found);
}

}  // namespace
}  // namespace cortex::test
