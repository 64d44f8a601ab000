#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* impersonation =
    R"(,"service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/bot@p.iam.gserviceaccount.com:generateAccessToken")";

TEST(ExternalAccount, exchanges_the_text_of_a_file_as_it_is) {
    GoogleWorld world;
    world.named(federation_json(R"({"file":"/run/token"})", R"(,"quota_project_id":"payer")"));
    world.files["/run/token"] = "subject.token.text\n";
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    EXPECT_EQ((*fetched)->source, "workload identity federation (/k.json, GOOGLE_APPLICATION_CREDENTIALS)");
    EXPECT_EQ((*fetched)->quota_project, "payer");
    ASSERT_EQ(world.requests.size(), 1U);
    EXPECT_EQ(world.requests[0].url, "https://sts.googleapis.com/v1/token");
    EXPECT_EQ(world.field(0, "grant_type"), "urn:ietf:params:oauth:grant-type:token-exchange");
    EXPECT_EQ(world.field(0, "audience"), "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/providers/q");
    EXPECT_EQ(world.field(0, "scope"), "https://www.googleapis.com/auth/cloud-platform");
    EXPECT_EQ(world.field(0, "requested_token_type"), "urn:ietf:params:oauth:token-type:access_token");
    EXPECT_EQ(world.field(0, "subject_token"), "subject.token.text\n");
    EXPECT_EQ(world.field(0, "subject_token_type"), "urn:ietf:params:oauth:token-type:jwt");
    EXPECT_EQ(world.field(0, "options"), "(no field)");
    EXPECT_EQ(world.header(0, "authorization"), "(no header)");
}

TEST(ExternalAccount, reads_the_file_anew_for_each_token) {
    GoogleWorld world;
    world.named(federation_json(R"({"file":"/run/token","format":{"type":"json","subject_token_field_name":"jwt"}})"));
    auth::google::Adc adc(world.options);
    for (const std::string text : {"first-subject", "second-subject"}) {
        world.files["/run/token"] = R"({"jwt":")" + text + "\"}";
        world.token();
        ASSERT_EQ(token_text(world.fetch_with(adc)), "token-of-google");
        EXPECT_EQ(world.field(world.requests.size() - 1, "subject_token"), text);
    }
}

TEST(ExternalAccount, says_what_is_wrong_with_the_file_of_the_token) {
    const std::string json = federation_json(R"({"file":"/run/token","format":{"type":"json","subject_token_field_name":"jwt"}})");
    const std::vector<std::tuple<std::string, std::optional<std::string>, std::string>> cases{
        {federation_json(R"({"file":"/run/token"})"), std::nullopt,
         "There is no file /run/token, which the field credential_source.file of /k.json names."},
        {federation_json(R"({"file":"/run/token"})"), "", "The subject token /run/token, which the field credential_source.file of /k.json names, is empty."},
        {federation_json(R"({"file":"/run/token"})"), " \n", "is empty."},
        {json, "very-secret", "is no JSON object, which credential_source.format announces."},
        {json, R"({"other":"very-secret"})", "has no text in the field jwt."},
        {json, R"({"jwt":["very-secret"]})", "has no text in the field jwt."},
        {json, R"({"jwt":""})", "has no text in the field jwt."}};
    for (const auto& [file, token, sentence] : cases) {
        GoogleWorld world;
        world.named(file);
        if (token) world.files["/run/token"] = *token;
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, ErrorCode::auth);
        EXPECT_THAT(fetched.error().message, HasSubstr(sentence));
        EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
        EXPECT_TRUE(world.requests.empty());
    }
}

TEST(ExternalAccount, gets_the_token_of_an_address_with_its_headers) {
    GoogleWorld world;
    world.named(federation_json(R"({"url":"http://169.254.169.254/metadata/identity/oauth2/token?resource=x","headers":{"Metadata":"True"},)"
                                R"("format":{"type":"json","subject_token_field_name":"access_token"}})"));
    world.answer(200, R"({"access_token":"azure-token-text"})");
    world.token();
    ASSERT_EQ(token_text(world.fetch()), "token-of-google");
    EXPECT_EQ(world.requests[0].method, HttpMethod::get);
    EXPECT_EQ(world.requests[0].url, "http://169.254.169.254/metadata/identity/oauth2/token?resource=x");
    EXPECT_EQ(world.header(0, "Metadata"), "True");
    EXPECT_FALSE(world.requests[0].use_proxy);
    EXPECT_EQ(world.field(1, "subject_token"), "azure-token-text");
}

TEST(ExternalAccount, takes_nothing_but_200_from_an_address) {
    for (const int status : {201, 302, 401, 404}) {
        GoogleWorld world;
        world.named(federation_json(R"({"url":"https://tokens.example.org/t?key=very-secret","headers":{"authorization":"bearer very-secret"}})"));
        world.answer(status, "very-secret");
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, ErrorCode::auth);
        EXPECT_THAT(fetched.error().message, HasSubstr("tokens.example.org, in the field credential_source.url of /k.json) answered with HTTP " + std::to_string(status)));
        EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
    }
    GoogleWorld world;
    world.named(federation_json(R"({"url":"https://tokens.example.org/t"})"));
    for (int i = 0; i < 3; ++i) world.answer(503, "");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(fetched.error().retryable);
}

TEST(ExternalAccount, a_header_that_is_none_is_refused) {
    for (const std::string headers : {R"({"a b":"x"})", R"({"a":"x\r\ny: z"})", R"({"a":1})", R"({"":"x"})"}) {
        GoogleWorld world;
        world.named(federation_json(R"({"url":"https://tokens.example.org/t","headers":)" + headers + "}"));
        EXPECT_THAT(world.failure(), HasSubstr("The field credential_source.headers of /k.json holds something that is no HTTP header."));
    }
}

TEST(ExternalAccount, impersonates_with_a_token_of_the_wide_scope) {
    GoogleWorld world;
    world.options.scope = "https://www.googleapis.com/auth/aiplatform";
    world.named(federation_json(R"({"file":"/run/token"})", std::string(impersonation) +
                                R"(,"quota_project_id":"payer","service_account_impersonation":{"token_lifetime_seconds":600})"));
    world.files["/run/token"] = "subject";
    world.token("federated");
    world.answer(200, R"({"accessToken":"impersonated","expireTime":"2023-11-14T23:13:20Z"})");
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "impersonated");
    EXPECT_EQ(*(*fetched)->expires_at, world.clock.wall_now + seconds(3600));
    EXPECT_EQ(world.field(0, "scope"), "https://www.googleapis.com/auth/cloud-platform");
    EXPECT_EQ(world.requests[1].url,
              "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/bot@p.iam.gserviceaccount.com:generateAccessToken");
    EXPECT_EQ(world.header(1, "authorization"), "Bearer federated");
    EXPECT_EQ(world.header(1, "x-goog-user-project"), "payer");
    EXPECT_EQ(*world.requests[1].body, R"({"delegates":[],"scope":["https://www.googleapis.com/auth/aiplatform"],"lifetime":"600s"})");
    EXPECT_EQ(world.header(0, "x-goog-user-project"), "(no header)");
}

TEST(ExternalAccount, the_lifetime_of_an_impersonated_token_has_bounds) {
    for (const std::string lifetime : {"599", "43201", "-1"}) {
        GoogleWorld world;
        world.named(federation_json(R"({"file":"/t"})", std::string(impersonation) + R"(,"service_account_impersonation":{"token_lifetime_seconds":)" + lifetime + "}"));
        EXPECT_THAT(world.failure(), HasSubstr("The field service_account_impersonation.token_lifetime_seconds of /k.json is not between 600 and 43200."));
    }
}

std::string workforce(std::string_view more) {
    return std::string(R"({"type":"external_account","audience":"//iam.googleapis.com/locations/global/workforcePools/p/providers/q",)")
        .append(R"("subject_token_type":"urn:ietf:params:oauth:token-type:id_token","credential_source":{"file":"/t"},"workforce_pool_user_project":"payer")")
        .append(more)
        .append("}");
}

TEST(ExternalAccount, a_workforce_pool_names_its_project_unless_a_client_does) {
    GoogleWorld world;
    world.named(workforce(""));
    world.files["/t"] = "subject";
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    EXPECT_THAT((*fetched)->source, HasSubstr("workforce identity federation ("));
    EXPECT_EQ(world.requests[0].url, "https://sts.googleapis.com/v1/token");
    EXPECT_EQ(GoogleWorld::decoded(world.field(0, "options")), R"({"userProject": "payer"})");

    GoogleWorld client;
    client.named(workforce(R"(,"client_id":"id","client_secret":"secret-text")"));
    client.files["/t"] = "subject";
    client.token();
    ASSERT_EQ(token_text(client.fetch()), "token-of-google");
    EXPECT_EQ(client.field(0, "options"), "(no field)");
    EXPECT_EQ(client.header(0, "authorization"), "Basic aWQ6c2VjcmV0LXRleHQ=");
}

TEST(ExternalAccount, a_workforce_project_without_a_workforce_pool_is_an_error) {
    GoogleWorld world;
    world.named(federation_json(R"({"file":"/t"})", R"(,"workforce_pool_user_project":"payer")"));
    EXPECT_THAT(world.failure(), HasSubstr("The field workforce_pool_user_project of /k.json is there, but the audience names no workforce pool."));
}

TEST(ExternalAccount, wants_exactly_one_source_and_says_that_certificates_are_none) {
    for (const auto& [source, sentence] : std::vector<std::pair<std::string, std::string>>{
             {R"({"file":"/t","url":"https://example.org/"})", "names more than one of file, url and certificate"},
             {R"({"file":"/t","certificate":{}})", "names more than one of file, url and certificate"},
             {"{}", "names no source of the subject token"},
             {R"({"certificate":{"use_default_certificate_config":true}})", "asks for a client certificate (X.509 federation), which is not supported."}}) {
        GoogleWorld world;
        world.named(federation_json(source));
        EXPECT_THAT(world.failure(), HasSubstr(sentence));
    }
}

TEST(ExternalAccount, a_refused_exchange_says_where_to_look_and_shows_no_token) {
    GoogleWorld world;
    world.named(federation_json(R"({"file":"/t"})"));
    world.files["/t"] = "subject.token.very-secret";
    world.answer(400, R"({"error":"invalid_grant","error_description":"The audience in ID Token [subject.token.very-secret] does not match"})");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_EQ(world.requests.size(), 1U);
    EXPECT_THAT(fetched.error().message, HasSubstr("Check the audience, and the attribute mapping"));
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
}

}  // namespace
}  // namespace cortex::test
