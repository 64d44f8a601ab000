#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace cortex::test {
namespace {

using testing::HasSubstr;

TEST(Adc, takes_the_configured_token_before_everything_else) {
    GoogleWorld world;
    world.named("{ broken");
    world.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "payer";
    world.options.access_token = "own-token";
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "own-token");
    EXPECT_EQ((*fetched)->source, "api_key");
    EXPECT_EQ((*fetched)->kind, Credential::Kind::bearer);
    EXPECT_EQ((*fetched)->quota_project, "payer");
    EXPECT_FALSE((*fetched)->expires_at);
    EXPECT_TRUE(world.requests.empty());
}

TEST(Adc, asks_a_function_for_the_token_each_time) {
    GoogleWorld world;
    int calls = 0;
    world.options.access_token = Secret([&calls] { return "token-" + std::to_string(++calls); });
    auth::google::Adc adc(world.options);
    EXPECT_EQ(token_text(world.fetch_with(adc)), "token-1");
    EXPECT_EQ(token_text(world.fetch_with(adc)), "token-2");
    world.options.access_token = Secret([]() -> std::string { throw std::runtime_error("vault is sealed"); });
    EXPECT_EQ(world.failure(), "vertex: The function given as api_key failed: vault is sealed");
    world.options.access_token = Secret([] { return std::string(); });
    EXPECT_THAT(world.failure(), HasSubstr("gave no token"));
}

TEST(Adc, refuses_a_token_that_no_header_can_carry_without_showing_it) {
    GoogleWorld world;
    world.options.access_token = "very-secret token";
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::config);
    EXPECT_EQ(fetched.error().message,
              "vertex: The access token from api_key holds a space, a line break or another character that no token has. Copy the token alone.");
}

TEST(Adc, looks_into_gclouds_folder_wherever_it_is) {
    GoogleWorld world;
    world.environment["CLOUDSDK_CONFIG"] = "/conf/gc";
    world.gcloud(user_json());
    world.files["/conf/gc/application_default_credentials.json"] = service_account_json();
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    EXPECT_EQ((*fetched)->source, "service account worker@demo-project.iam.gserviceaccount.com (/conf/gc/application_default_credentials.json)");
}

TEST(Adc, an_empty_variable_counts_as_unset) {
    GoogleWorld world;
    world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "";
    world.environment["CLOUDSDK_CONFIG"] = "";
    world.gcloud(user_json());
    world.token();
    EXPECT_EQ(token_text(world.fetch()), "token-of-google");
}

TEST(Adc, the_variable_may_name_gclouds_own_file) {
    GoogleWorld world;
    world.gcloud(user_json());
    world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = GoogleWorld::gcloud_file;
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    EXPECT_EQ((*fetched)->source, "gcloud user credentials (/home/u/.config/gcloud/application_default_credentials.json)");
}

TEST(Adc, reads_the_file_anew_at_each_fetch) {
    GoogleWorld world;
    world.named(user_json());
    auth::google::Adc adc(world.options);
    world.token("users");
    ASSERT_EQ(token_text(world.fetch_with(adc)), "users");
    world.named(service_account_json());
    world.token("machines");
    const auto fetched = world.fetch_with(adc);
    ASSERT_EQ(token_text(fetched), "machines");
    EXPECT_THAT((*fetched)->source, HasSubstr("service account"));
}

TEST(Adc, says_what_was_looked_for_where_there_is_nothing) {
    GoogleWorld world;
    auth::google::Adc adc(world.options);
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    const ErrorInfo missing = adc.missing();
    EXPECT_EQ(missing.code, ErrorCode::auth);
    EXPECT_EQ(missing.provider, "vertex");
    EXPECT_EQ(missing.message,
              "There are no Google credentials for vertex: GOOGLE_APPLICATION_CREDENTIALS is not set, gcloud's credential file "
              "(~/.config/gcloud/application_default_credentials.json) does not exist, and no metadata server answers. Run `gcloud auth application-default "
              "login`, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.");
}

TEST(Adc, without_a_home_there_is_no_file_of_gclouds) {
    GoogleWorld world;
    world.environment.clear();
    EXPECT_EQ(token_text(world.fetch()), "nothing");
    EXPECT_EQ(world.report().considered[2], "gcloud user credentials: neither CLOUDSDK_CONFIG nor HOME is set");
}

}  // namespace
}  // namespace cortex::test
