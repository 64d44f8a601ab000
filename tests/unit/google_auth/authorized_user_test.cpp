#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

TEST(AuthorizedUser, asks_google_with_the_refresh_token_of_gclouds_file) {
    GoogleWorld world;
    world.gcloud(user_json(R"(,"quota_project_id":"payer","rapt_token":"rapt-text","account":"u@example.org")"));
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    EXPECT_EQ((*fetched)->source, "gcloud user credentials (/home/u/.config/gcloud/application_default_credentials.json)");
    EXPECT_EQ((*fetched)->quota_project, "payer");
    EXPECT_EQ((*fetched)->project, "");
    EXPECT_EQ(world.requests[0].url, "https://oauth2.googleapis.com/token");
    EXPECT_EQ(*world.requests[0].body,
              "grant_type=refresh_token&client_id=client.apps&client_secret=client-secret-text&refresh_token=refresh-token-text&rapt=rapt-text");
    EXPECT_EQ(world.header(0, "x-goog-user-project"), "(no header)");
}

TEST(AuthorizedUser, the_quota_project_of_the_environment_beats_the_files) {
    GoogleWorld world;
    world.gcloud(user_json(R"(,"quota_project_id":"payer")"));
    world.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "other-payer";
    world.token();
    const auto fetched = world.fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ((*fetched)->quota_project, "other-payer");
}

TEST(AuthorizedUser, follows_token_uri_to_google_and_to_this_machine_only) {
    for (const auto& [uri, asked] : std::vector<std::pair<std::string, std::string>>{
             {"http://127.0.0.1:8081/token", "http://127.0.0.1:8081/token"},
             {"https://oauth2.mtls.googleapis.com/token", "https://oauth2.mtls.googleapis.com/token"},
             {"https://tokens.example.org/t", "https://oauth2.googleapis.com/token"},
             {"http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com/token"},
             {"no url", "https://oauth2.googleapis.com/token"}}) {
        GoogleWorld world;
        world.gcloud(user_json(",\"token_uri\":\"" + uri + "\""));
        world.token();
        EXPECT_EQ(token_text(world.fetch()), "token-of-google");
        EXPECT_EQ(world.requests[0].url, asked);
    }
}

TEST(AuthorizedUser, uses_a_replaced_refresh_token_until_somebody_logs_in_again_and_never_writes_the_file) {
    GoogleWorld world;
    world.gcloud(user_json());
    auth::google::Adc adc(world.options);
    world.answer(200, R"({"access_token":"first","expires_in":3599,"refresh_token":"rotated-token-text"})");
    ASSERT_EQ(token_text(world.fetch_with(adc)), "first");
    world.token("second");
    ASSERT_EQ(token_text(world.fetch_with(adc)), "second");
    EXPECT_EQ(world.field(1, "refresh_token"), "rotated-token-text");

    std::string again = user_json();
    again.replace(again.find("refresh-token-text"), 18, "login-of-today-text");
    world.gcloud(again);
    world.token("third");
    ASSERT_EQ(token_text(world.fetch_with(adc)), "third");
    EXPECT_EQ(world.field(2, "refresh_token"), "login-of-today-text");
    EXPECT_TRUE(world.written.empty());
}

TEST(ExternalUser, asks_the_workforce_token_service_with_basic_authorization) {
    GoogleWorld world;
    world.gcloud(R"({"type":"external_account_authorized_user","audience":"//iam.googleapis.com/locations/global/workforcePools/p/providers/q",)"
                 R"("refresh_token":"refresh-token-text","client_id":"id","client_secret":"secret-text","quota_project_id":"payer"})");
    auth::google::Adc adc(world.options);
    world.answer(200, R"({"access_token":"first","expires_in":3599,"refresh_token":"rotated-token-text"})");
    const auto fetched = world.fetch_with(adc);
    ASSERT_EQ(token_text(fetched), "first");
    EXPECT_THAT((*fetched)->source, HasSubstr("workforce user credentials ("));
    EXPECT_EQ((*fetched)->quota_project, "payer");
    EXPECT_EQ(world.requests[0].url, "https://sts.googleapis.com/v1/oauthtoken");
    EXPECT_EQ(*world.requests[0].body, "grant_type=refresh_token&refresh_token=refresh-token-text");
    EXPECT_EQ(world.header(0, "authorization"), "Basic aWQ6c2VjcmV0LXRleHQ=");
    world.token("second");
    ASSERT_EQ(token_text(world.fetch_with(adc)), "second");
    EXPECT_EQ(world.field(1, "refresh_token"), "rotated-token-text");
}

}  // namespace
}  // namespace cortex::test
