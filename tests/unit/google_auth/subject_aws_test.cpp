#include "auth/google/subject_aws.hpp"

#include "core/date_time.hpp"
#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

constexpr const char* aws_type = "urn:ietf:params:aws:token-type:aws4_request";
constexpr const char* aws_source =
    R"({"environment_id":"aws1","region_url":"http://169.254.169.254/latest/meta-data/placement/availability-zone",)"
    R"("url":"http://169.254.169.254/latest/meta-data/iam/security-credentials",)"
    R"("imdsv2_session_token_url":"http://169.254.169.254/latest/api/token",)"
    R"("regional_cred_verification_url":"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"})";

Credential published_keys() {
    Credential keys;
    keys.kind = Credential::Kind::aws_keys;
    keys.access_key_id = "AKIDEXAMPLE";
    keys.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    return keys;
}

// AWS's published example key; the signature is the one that google-auth makes.
TEST(SubjectAws, signs_the_question_as_google_auth_does) {
    const std::string token = auth::google::aws_subject_token(published_keys(), "us-east-2",
                                                              "https://sts.us-east-2.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
                                                              "//iam.googleapis.com/x", *parse_iso8601("2015-08-30T12:36:00Z"));
    EXPECT_EQ(GoogleWorld::decoded(token),
              R"({"headers":[{"key":"Authorization","value":"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-2/sts/aws4_request, )"
              R"(SignedHeaders=host;x-amz-date, Signature=c9809515536c6ba6118dea548b35961cf2d2bbeb8543a62acf60d60d8e68ecf8"},)"
              R"({"key":"host","value":"sts.us-east-2.amazonaws.com"},{"key":"x-amz-date","value":"20150830T123600Z"},)"
              R"({"key":"x-goog-cloud-target-resource","value":"//iam.googleapis.com/x"}],"method":"POST",)"
              R"("url":"https://sts.us-east-2.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"})");
    EXPECT_EQ(token.find_first_of("{}\": "), std::string::npos);
    EXPECT_THAT(token, HasSubstr("https%3A//sts."));
}

TEST(SubjectAws, a_session_token_is_signed_and_sent) {
    Credential keys = published_keys();
    keys.session_token = "session-text";
    const std::string json = GoogleWorld::decoded(auth::google::aws_subject_token(
        keys, "us-east-2", "https://sts.us-east-2.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15", "a", *parse_iso8601("2015-08-30T12:36:00Z")));
    EXPECT_THAT(json, HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token, "));
    EXPECT_THAT(json, HasSubstr(R"({"key":"x-amz-security-token","value":"session-text"})"));
}

TEST(SubjectAws, a_fips_endpoint_is_signed_for_the_same_service) {
    const std::string json = GoogleWorld::decoded(auth::google::aws_subject_token(
        published_keys(), "us-east-2", "https://sts-fips.us-east-2.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15", "a", *parse_iso8601("2015-08-30T12:36:00Z")));
    EXPECT_THAT(json, HasSubstr("/us-east-2/sts/aws4_request"));
    EXPECT_THAT(json, HasSubstr(R"({"key":"host","value":"sts-fips.us-east-2.amazonaws.com"})"));
}

TEST(SubjectAws, takes_keys_and_region_from_awss_own_chain) {
    GoogleWorld world;
    world.named(federation_json(aws_source, "", aws_type));
    world.environment["AWS_REGION"] = "eu-west-1";
    world.environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
    world.environment["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    world.environment["AWS_BEARER_TOKEN_BEDROCK"] = "not-for-this";
    world.token();
    ASSERT_EQ(token_text(world.fetch()), "token-of-google");
    ASSERT_EQ(world.requests.size(), 1U);
    const std::string json = GoogleWorld::decoded(world.field(0, "subject_token"));
    EXPECT_THAT(json, HasSubstr("Credential=AKIDEXAMPLE/20231114/eu-west-1/sts/aws4_request"));
    EXPECT_THAT(json, HasSubstr(R"("url":"https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15")"));
    EXPECT_THAT(json, HasSubstr(R"({"key":"x-goog-cloud-target-resource","value":"//iam.googleapis.com/projects/123/)"));
}

TEST(SubjectAws, asks_the_instance_for_its_region_where_nothing_else_names_one) {
    GoogleWorld world;
    world.named(federation_json(aws_source, "", aws_type));
    world.environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
    world.environment["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    world.answer(200, "imds-session");
    world.answer(200, "us-east-2b");
    world.token();
    ASSERT_EQ(token_text(world.fetch()), "token-of-google");
    EXPECT_EQ(world.requests[0].method, HttpMethod::put);
    EXPECT_EQ(world.header(0, "x-aws-ec2-metadata-token-ttl-seconds"), "300");
    EXPECT_EQ(world.header(1, "x-aws-ec2-metadata-token"), "imds-session");
    EXPECT_FALSE(world.requests[1].use_proxy);
    EXPECT_THAT(GoogleWorld::decoded(world.field(2, "subject_token")), HasSubstr("/us-east-2/sts/"));
}

TEST(SubjectAws, without_credentials_says_whose_they_would_be) {
    GoogleWorld world;
    world.named(federation_json(aws_source, "", aws_type));
    world.environment["AWS_REGION"] = "eu-west-1";
    world.environment["AWS_EC2_METADATA_DISABLED"] = "true";
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_THAT(fetched.error().message, HasSubstr("/k.json wants AWS credentials for its subject token. "));
}

TEST(SubjectAws, refuses_versions_and_addresses_that_it_does_not_know) {
    for (const auto& [source, sentence] : std::vector<std::pair<std::string, std::string>>{
             {R"({"environment_id":"aws2"})", "The field credential_source.environment_id of /k.json asks for another version than aws1."},
             {R"({"environment_id":"azure1"})", "The field credential_source.environment_id of /k.json is not \"aws1\"."},
             {R"({})", "/k.json lacks the field credential_source.environment_id."},
             {R"({"environment_id":"aws1","region_url":"http://example.org/"})", "The field credential_source.region_url of /k.json does not begin with https://."},
             {R"({"environment_id":"aws1","regional_cred_verification_url":"http://sts"})",
              "The field credential_source.regional_cred_verification_url of /k.json does not begin with https://."}}) {
        GoogleWorld world;
        world.named(federation_json(source, "", aws_type));
        EXPECT_THAT(world.failure(), HasSubstr(sentence));
    }
}

}  // namespace
}  // namespace cortex::test
