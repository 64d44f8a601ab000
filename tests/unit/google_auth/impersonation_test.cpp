#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string impersonated_json(std::string_view source, std::string_view more = {}) {
    return std::string(R"({"type":"impersonated_service_account",)")
        .append(R"("service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/bot@p.iam.gserviceaccount.com:generateAccessToken",)")
        .append(R"("source_credentials":)")
        .append(source)
        .append(more)
        .append("}");
}

constexpr const char* good = R"({"accessToken":"impersonated","expireTime":"2023-11-14T23:13:20.123Z"})";

TEST(Impersonation, of_a_users_login_asks_twice_and_passes_delegates_on) {
    GoogleWorld world;
    world.gcloud(impersonated_json(user_json(), R"(,"delegates":["one@p.iam.gserviceaccount.com","projects/-/serviceAccounts/two@p.iam.gserviceaccount.com"],"quota_project_id":"payer")"));
    world.token("users");
    world.answer(200, good);
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "impersonated");
    EXPECT_EQ((*fetched)->source,
              "impersonated service account bot@p.iam.gserviceaccount.com (/home/u/.config/gcloud/application_default_credentials.json)");
    EXPECT_EQ((*fetched)->quota_project, "payer");
    EXPECT_EQ(world.field(0, "grant_type"), "refresh_token");
    EXPECT_EQ(world.header(1, "authorization"), "Bearer users");
    EXPECT_EQ(world.header(1, "x-goog-user-project"), "payer");
    EXPECT_EQ(*world.requests[1].body,
              R"({"delegates":["projects/-/serviceAccounts/one@p.iam.gserviceaccount.com","projects/-/serviceAccounts/two@p.iam.gserviceaccount.com"],)"
              R"("scope":["https://www.googleapis.com/auth/cloud-platform"],"lifetime":"3600s"})");
}

TEST(Impersonation, works_from_a_key_a_workforce_user_and_federation) {
    const std::vector<std::string> sources{
        service_account_json(),
        R"({"type":"external_account_authorized_user","refresh_token":"r","client_id":"id","client_secret":"s"})",
        federation_json(R"({"file":"/t"})")};
    for (const std::string& source : sources) {
        GoogleWorld world;
        world.files["/t"] = "subject";
        world.gcloud(impersonated_json(source));
        world.token("source");
        world.answer(200, good);
        EXPECT_EQ(token_text(world.fetch()), "impersonated");
        EXPECT_EQ(world.header(1, "authorization"), "Bearer source");
    }
}

TEST(Impersonation, a_key_that_is_only_a_step_is_exchanged_even_where_keys_sign_themselves) {
    GoogleWorld world;
    world.options.self_signed_jwt = true;
    world.gcloud(impersonated_json(service_account_json()));
    world.token("source");
    world.answer(200, good);
    EXPECT_EQ(token_text(world.fetch()), "impersonated");
}

TEST(Impersonation, names_the_part_of_the_source_that_is_wrong) {
    for (const auto& [source, sentence] : std::vector<std::pair<std::string, std::string>>{
             {R"({"type":"authorized_user","client_id":"x"})", "lacks the fields source_credentials.client_secret and source_credentials.refresh_token."},
             {R"({"client_id":"x"})", "lacks the field source_credentials.type."},
             {R"("text")", "The field source_credentials of /home/u/.config/gcloud/application_default_credentials.json is no object."},
             {R"({"type":"impersonated_service_account"})", "impersonates with impersonated credentials"},
             {R"({"type":"gdch_service_account"})", "is not supported"},
             {service_account_json("x"), "The field source_credentials.private_key of /home/u/"}}) {
        GoogleWorld world;
        world.gcloud(impersonated_json(source));
        EXPECT_THAT(world.failure(), HasSubstr(sentence));
        EXPECT_TRUE(world.requests.empty());
    }
}

TEST(Impersonation, a_missing_role_is_named) {
    GoogleWorld world;
    world.gcloud(impersonated_json(user_json()));
    world.token("very-secret-token");
    world.answer(403, R"-({"error":{"code":403,"message":"Permission 'iam.serviceAccounts.getAccessToken' denied (very-secret-token)","status":"PERMISSION_DENIED"}})-");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_EQ(world.requests.size(), 2U);
    EXPECT_THAT(fetched.error().message, HasSubstr("to impersonate bot@p.iam.gserviceaccount.com with the credentials of /home/u/"));
    EXPECT_THAT(fetched.error().message, HasSubstr("PERMISSION_DENIED"));
    EXPECT_THAT(fetched.error().message, HasSubstr("roles/iam.serviceAccountTokenCreator"));
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
}

TEST(Impersonation, repeats_what_may_pass_bad_gateways_too) {
    for (const int status : {429, 500, 502, 503, 504}) {
        GoogleWorld world;
        world.gcloud(impersonated_json(user_json()));
        world.token("source");
        world.answer(status, "");
        world.answer(200, good);
        EXPECT_EQ(token_text(world.fetch()), "impersonated") << status;
    }
}

TEST(Impersonation, an_answer_without_token_or_end_is_no_credential) {
    for (const std::string body : {"{}", "x", R"({"accessToken":"t"})", R"({"accessToken":"t","expireTime":"tomorrow"})", R"({"accessToken":"a b","expireTime":"2023-11-14T23:13:20Z"})"}) {
        GoogleWorld world;
        world.gcloud(impersonated_json(user_json()));
        world.token("source");
        world.answer(200, body);
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched) << body;
        EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
    }
}

}  // namespace
}  // namespace cortex::test
