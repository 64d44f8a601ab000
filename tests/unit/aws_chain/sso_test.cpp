#include "machine.hpp"

#include <boost/json/parse.hpp>

namespace cortex::auth::aws {
namespace {

// SHA-1 of "corp".
constexpr std::string_view cache = "/home/u/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
constexpr std::string_view session_profile =
    "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = My Role\n"
    "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n";
constexpr std::string_view old_profile =
    "[profile dev]\nsso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1\nsso_start_url = https://old.awsapps.com/start\n";

struct AwsSso : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    HttpAnswer portal = test::json_answer(200, R"({"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":1700003600000}})");
    HttpAnswer renewal = test::json_answer(200, R"({"accessToken":"new-access-token","expiresIn":3600,"refreshToken":"new-refresh-token"})");
    std::string path = {};
    AwsSso() {
        machine.environment["AWS_PROFILE"] = "dev";
        machine.files["/home/u/.aws/config"] = std::string(session_profile);
        machine.on_request = [this](const HttpRequest& request) -> Result<HttpAnswer> { return request.method == HttpMethod::post ? renewal : portal; };
        path = found_path();
    }
    /// Where the token is looked for, from the sentence that misses it.
    std::string found_path() {
        const std::string sentence = refused();
        const std::size_t at = sentence.find("there is no ");
        return at == std::string::npos ? std::string() : sentence.substr(at + 12, sentence.find(". Run") - at - 12);
    }
    void cached(std::string_view ends, std::string_view more = {}) {
        machine.files[path] = R"({"accessToken":"old-access-token","expiresAt":")" + std::string(ends) + "\"" + std::string(more) + "}";
    }
    std::string refused() { return test::failure(machine); }
    test::Fetched fetch() { return test::fetch(machine); }
};

constexpr std::string_view renewable =
    R"(,"clientId":"client","clientSecret":"client-secret","refreshToken":"old-refresh-token","registrationExpiresAt":"2024-01-01T00:00:00Z","region":"eu-west-1")";

TEST_F(AwsSso, TheTokenGivesKeys) {
    cached("2023-11-15T00:00:00UTC");
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "SSO session corp of profile dev");
    EXPECT_EQ((*fetched)->access_key_id, "ASIASSO");
    EXPECT_EQ((*fetched)->account_id, "123456789012");
    EXPECT_EQ((*fetched)->expires_at, WallTime(std::chrono::seconds(1'700'003'600)));
    ASSERT_EQ(machine.requests.size(), 1U);
    EXPECT_EQ(machine.requests[0].url, "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=My%20Role&account_id=123456789012");
    EXPECT_EQ(test::header_of(machine.requests[0], "x-amz-sso_bearer_token"), "old-access-token");
    EXPECT_EQ(test::header_of(machine.requests[0], "authorization"), "");
}

TEST_F(AwsSso, TheFileIsNamedByTheSessionElseByTheStartUrl) {
    EXPECT_EQ(path, cache);
    machine.files["/home/u/.aws/config"] = std::string(old_profile);
    const std::string other = found_path();
    EXPECT_TRUE(other.starts_with("/home/u/.aws/sso/cache/"));
    EXPECT_NE(other, path);
}

TEST_F(AwsSso, AnOldTokenIsRenewedAndKept) {
    cached("2023-11-14T22:00:00Z", renewable);
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    ASSERT_EQ(machine.requests.size(), 2U);
    EXPECT_EQ(machine.requests[0].url, "https://oidc.eu-west-1.amazonaws.com/token");
    EXPECT_EQ(boost::json::parse(*machine.requests[0].body),
              boost::json::parse(R"({"clientId":"client","clientSecret":"client-secret","grantType":"refresh_token","refreshToken":"old-refresh-token"})"));
    EXPECT_EQ(test::header_of(machine.requests[1], "x-amz-sso_bearer_token"), "new-access-token");
    EXPECT_EQ(boost::json::parse(machine.written.at(path)),
              boost::json::parse(R"({"accessToken":"new-access-token","expiresAt":"2023-11-14T23:13:20Z","clientId":"client","clientSecret":"client-secret",)"
                                 R"("refreshToken":"new-refresh-token","registrationExpiresAt":"2024-01-01T00:00:00Z","region":"eu-west-1"})"));
}

TEST_F(AwsSso, AnAnswerWithoutARefreshTokenKeepsTheOldOne) {
    cached("2023-11-14T22:00:00Z", renewable);
    renewal = test::json_answer(200, R"({"accessToken":"new-access-token","expiresIn":3600})");
    ASSERT_TRUE(fetch());
    EXPECT_EQ(boost::json::parse(machine.written.at(path)).at("refreshToken"), "old-refresh-token");
}

TEST_F(AwsSso, AFailedRenewalIsNoFailureWhileTheTokenIsGood) {
    cached("2023-11-14T22:15:00Z", renewable);
    renewal = test::json_answer(400, R"({"error":"invalid_grant","error_description":"old-refresh-token is old"})");
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ(machine.requests.size(), 2U) << "asked once";
    EXPECT_EQ(test::header_of(machine.requests[1], "x-amz-sso_bearer_token"), "old-access-token");
    EXPECT_TRUE(machine.written.empty());
}

TEST_F(AwsSso, ARefusedRenewalIsAskedOnceAndNamesTheCommand) {
    cached("2023-11-14T22:00:00Z", renewable);
    renewal = test::json_answer(400, R"({"error":"invalid_grant","error_description":"old-refresh-token is old"})");
    EXPECT_EQ(refused(), "The token of SSO session corp of profile dev was not renewed (HTTP 400, invalid_grant). Run `aws sso login --profile dev`.");
    EXPECT_EQ(machine.requests.size(), 1U);
}

TEST_F(AwsSso, WhatIsWrongWithTheCacheNamesTheCommand) {
    const std::string who = "SSO session corp of profile dev ";
    const std::string remedy = ". Run `aws sso login --profile dev`.";
    EXPECT_EQ(refused(), who + "has no token: there is no " + path + remedy);
    cached("2023-11-14T22:00:00Z");
    EXPECT_EQ(refused(), who + "has a token that expired at 2023-11-14T22:00:00Z" + remedy);
    cached("2023-11-14T22:00:00Z", R"(,"clientId":"c","clientSecret":"s","refreshToken":"r","registrationExpiresAt":"2023-01-01T00:00:00Z")");
    EXPECT_EQ(refused(), who + "has a token that expired at 2023-11-14T22:00:00Z" + remedy) << "the registration has expired";
    cached("soon");
    EXPECT_EQ(refused(), who + "has a broken token: expiresAt in " + path + " is no time" + remedy);
    machine.files[path] = "[]";
    EXPECT_EQ(refused(), who + "has a broken token: " + path + " is no JSON object" + remedy);
    machine.files[path] = R"({"accessToken":"a\r\nb","expiresAt":"2024-01-01T00:00:00Z"})";
    EXPECT_EQ(refused(), who + "has a broken token: " + path + " holds no accessToken that can be sent" + remedy);
    EXPECT_TRUE(machine.requests.empty());
    machine.files["/home/u/.aws/config"] = std::string(old_profile);
    path = found_path();
    cached("2023-11-14T22:00:00Z", renewable);
    EXPECT_EQ(refused(), "the SSO of profile dev has a token that expired at 2023-11-14T22:00:00Z" + remedy) << "the older form is not renewed";
}

TEST_F(AwsSso, AReportKnowsAnOldTokenWithoutAskingAnybody) {
    const auto report = [&] { return Chain(test::chain_options()).report(machine.world()); };
    EXPECT_FALSE(report().found);
    cached("2023-11-14T22:00:00Z");
    EXPECT_FALSE(report().found);
    EXPECT_NE(report().detail.find("`aws sso login --profile dev`"), std::string::npos);
    cached("2023-11-14T22:00:00Z", renewable);
    EXPECT_TRUE(report().found) << "it may be renewed";
    cached("2023-11-15T00:00:00Z");
    EXPECT_EQ(report().source, "SSO session corp of profile dev");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsSso, ThePortalRefuses) {
    cached("2023-11-15T00:00:00Z");
    portal = test::json_answer(401, R"({"message":"Session token not found or invalid"})", {{"x-amzn-errortype", "UnauthorizedException"}});
    EXPECT_EQ(refused(), "SSO session corp of profile dev has a token that is not valid any more (HTTP 401, UnauthorizedException: Session token not found or "
                         "invalid). Run `aws sso login --profile dev`.");
    portal = test::json_answer(403, R"({"message":"No access for old-access-token"})", {{"x-amzn-errortype", "ForbiddenException"}});
    EXPECT_EQ(refused(), "SSO session corp of profile dev gave no keys for role My Role of account 123456789012 (HTTP 403, ForbiddenException: No access for "
                         "<redacted>). Check sso_account_id and sso_role_name, and that the role is yours.");
    portal = test::json_answer(200, "{}");
    EXPECT_EQ(fetch().error().code, ErrorCode::protocol);
    machine.requests.clear();
    portal = test::text_answer(503, "");
    EXPECT_EQ(fetch().error().code, ErrorCode::unavailable);
    EXPECT_EQ(machine.requests.size(), 3U);
}

}  // namespace
}  // namespace cortex::auth::aws
