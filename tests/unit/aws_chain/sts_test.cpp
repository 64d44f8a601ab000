#include "auth/aws/clock_offset.hpp"
#include "core/date_time.hpp"
#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

constexpr std::string_view role_profile =
    "[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nregion = eu-west-1\n"
    "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base-secret-of-the-profile\n";

struct AwsSts : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    ChainOptions options = test::chain_options();
    std::vector<HttpAnswer> answers = {};
    AwsSts() {
        machine.files["/home/u/.aws/config"] = std::string(role_profile);
        machine.environment["AWS_PROFILE"] = "dev";
        machine.on_request = [this](const HttpRequest&) -> Result<HttpAnswer> {
            if (answers.empty()) return ErrorInfo{.code = ErrorCode::network, .message = "sts is unreachable.", .retryable = true};
            const HttpAnswer next = answers.front();
            if (answers.size() > 1) answers.erase(answers.begin());
            return next;
        };
    }
    test::Fetched fetch() { return test::fetch(machine, options); }
    void config(std::string_view lines) { machine.files["/home/u/.aws/config"] = std::string(role_profile) + std::string(lines); }
    bool body_has(std::size_t request, std::string_view part) const { return machine.requests.at(request).body->find(part) != std::string::npos; }
};

TEST_F(AwsSts, GivesTheKeysOfARole) {
    answers = {test::sts_answer("AssumeRole", "ASIAROLE")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->access_key_id, "ASIAROLE");
    EXPECT_EQ(test::token_of(**fetched), "role-token");
    EXPECT_EQ((*fetched)->account_id, "123456789012");
    EXPECT_EQ((*fetched)->expires_at, parse_iso8601("2023-11-14T23:13:20Z"));
    EXPECT_EQ((*fetched)->source, "profile dev (assumed role arn:aws:iam::123456789012:role/r from profile base)");
    ASSERT_EQ(machine.requests.size(), 1U);
    const HttpRequest& request = machine.requests[0];
    EXPECT_EQ(request.url, "https://sts.eu-west-1.amazonaws.com/") << "the region of the profile that has the role";
    EXPECT_TRUE(test::header_of(request, "authorization").starts_with("AWS4-HMAC-SHA256 Credential=AKIDBASE/20231114/eu-west-1/sts/aws4_request"));
    EXPECT_EQ(*request.body, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr&RoleSessionName=cortex-1700000000000");
}

TEST_F(AwsSts, SendsWhatTheProfileSaysOfTheRole) {
    machine.files["/home/u/.aws/config"] =
        "[profile dev]\nrole_arn = r\nsource_profile = base\nexternal_id = a b&c\nduration_seconds = 900\nrole_session_name = me\n"
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n";
    answers = {test::sts_answer("AssumeRole", "ASIAROLE")};
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(body_has(0, "&RoleSessionName=me&ExternalId=a%20b%26c&DurationSeconds=900"));
    EXPECT_EQ(machine.requests[0].url, "https://sts.us-east-1.amazonaws.com/") << "no profile names a region";
}

TEST_F(AwsSts, SignsEachHopWithTheKeysOfTheOneBefore) {
    machine.environment["AWS_PROFILE"] = "outer";
    config("[profile outer]\nrole_arn = arn:outer\nsource_profile = dev\n");
    answers = {test::sts_answer("AssumeRole", "ASIAINNER"), test::sts_answer("AssumeRole", "ASIAOUTER")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ((*fetched)->access_key_id, "ASIAOUTER");
    ASSERT_EQ(machine.requests.size(), 2U);
    EXPECT_NE(test::header_of(machine.requests[1], "authorization").find("Credential=ASIAINNER/"), std::string::npos);
    EXPECT_EQ(test::header_of(machine.requests[1], "x-amz-security-token"), "role-token");
}

TEST_F(AwsSts, IsAskedWhereEnvironmentOrProfileSay) {
    answers = {test::sts_answer("AssumeRole", "ASIAROLE")};
    machine.environment["AWS_USE_FIPS_ENDPOINT"] = "true";
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests.back().url, "https://sts-fips.eu-west-1.amazonaws.com/");
    machine.environment.erase("AWS_USE_FIPS_ENDPOINT");
    machine.environment["AWS_STS_REGIONAL_ENDPOINTS"] = "legacy";
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests.back().url, "https://sts.amazonaws.com/");
    EXPECT_NE(test::header_of(machine.requests.back(), "authorization").find("/us-east-1/sts/"), std::string::npos);
    machine.environment["AWS_ENDPOINT_URL_STS"] = "http://localhost:4566/";
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests.back().url, "http://localhost:4566/");
    machine.environment["AWS_USE_FIPS_ENDPOINT"] = "true";
    EXPECT_EQ(fetch().error().code, ErrorCode::config);
    machine.environment["AWS_ENDPOINT_URL_STS"] = "not a url";
    EXPECT_EQ(fetch().error().message, "The address of STS from environment variable AWS_ENDPOINT_URL_STS is not a URL. Write one such as https://host.");
}

TEST_F(AwsSts, ARefusalIsAskedOnceAndSaysWhy) {
    for (const int status : {400, 403}) {
        machine.requests.clear();
        answers = {test::sts_refusal(status, "AccessDenied", "not with base-secret-of-the-profile")};
        const test::Fetched fetched = fetch();
        ASSERT_FALSE(fetched);
        EXPECT_EQ(machine.requests.size(), 1U);
        EXPECT_EQ(fetched.error().code, ErrorCode::auth);
        EXPECT_FALSE(fetched.error().retryable);
        EXPECT_EQ(fetched.error().http_status, status);
        EXPECT_EQ(fetched.error().request_id, "request-1");
        EXPECT_EQ(fetched.error().provider, "bedrock");
        EXPECT_EQ(fetched.error().message, "AWS STS refused to give profile dev the role arn:aws:iam::123456789012:role/r (HTTP " + std::to_string(status) +
                                               ", AccessDenied: not with <redacted>). Check the role's trust policy, and the keys that are used for it (profile base).");
    }
}

TEST_F(AwsSts, ABrokenOrBusyServiceIsAskedThreeTimes) {
    for (const auto& [answer, code] : {std::pair{test::sts_refusal(503, "ServiceUnavailable"), ErrorCode::unavailable},
                                       std::pair{test::sts_refusal(400, "Throttling"), ErrorCode::rate_limit}}) {
        machine.requests.clear();
        machine.pauses.clear();
        answers = {answer};
        const test::Fetched fetched = fetch();
        ASSERT_FALSE(fetched);
        EXPECT_EQ(machine.requests.size(), 3U);
        EXPECT_EQ(machine.pauses.size(), 2U);
        EXPECT_EQ(fetched.error().code, code);
        EXPECT_TRUE(fetched.error().retryable);
    }
    EXPECT_GT(machine.pauses[1], machine.pauses[0]);
    EXPECT_LE(machine.pauses[1], std::chrono::seconds(2));
}

TEST_F(AwsSts, TheSecondAnswerCounts) {
    answers = {test::sts_refusal(500, "InternalFailure"), test::sts_answer("AssumeRole", "ASIAROLE")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ(machine.requests.size(), 2U);
}

TEST_F(AwsSts, ThatCannotBeReachedIsNoRefusal) {
    const test::Fetched fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::network);
    EXPECT_TRUE(fetched.error().retryable);
    EXPECT_EQ(fetched.error().message, "AWS STS cannot be asked for the role arn:aws:iam::123456789012:role/r of profile dev: sts is unreachable.");
}

TEST_F(AwsSts, AClockTwentyMinutesOffIsCorrectedOnce) {
    options.clock = std::make_shared<ClockOffset>();
    HttpAnswer skewed = test::sts_refusal(403, "SignatureDoesNotMatch", "Signature expired");
    skewed.head.headers.push_back({"Date", "Tue, 14 Nov 2023 22:33:20 GMT"});   // twenty minutes ahead
    answers = {skewed, test::sts_answer("AssumeRole", "ASIAROLE")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    ASSERT_EQ(machine.requests.size(), 2U);
    EXPECT_EQ(test::header_of(machine.requests[0], "x-amz-date"), "20231114T221320Z");
    EXPECT_EQ(test::header_of(machine.requests[1], "x-amz-date"), "20231114T223320Z");
    EXPECT_EQ(options.clock->value(), std::chrono::minutes(20));
}

TEST_F(AwsSts, AWrongSignatureByTheRightClockIsNotRepeated) {
    HttpAnswer refused = test::sts_refusal(403, "SignatureDoesNotMatch");
    refused.head.headers.push_back({"Date", "Tue, 14 Nov 2023 22:14:20 GMT"});
    answers = {refused};
    EXPECT_FALSE(fetch());
    EXPECT_EQ(machine.requests.size(), 1U);
}

TEST_F(AwsSts, AnAnswerThatMakesNoSense) {
    answers = {test::text_answer(200, "garbage")};
    EXPECT_EQ(fetch().error().message, "AWS STS answered AssumeRole wrongly: it is no XML. Check that its address is right.");
    answers = {test::text_answer(200, "<AssumeRoleResponse></AssumeRoleResponse>")};
    EXPECT_EQ(fetch().error().message, "AWS STS answered AssumeRole wrongly: it holds no credentials. Check that its address is right.");
    answers = {test::sts_answer("AssumeRole", "ASIA", "soon")};
    EXPECT_EQ(fetch().error().message, "AWS STS answered AssumeRole wrongly: Expiration is not a time. Check that its address is right.");
}

struct AwsWebIdentity : AwsSts {
    AwsWebIdentity() {
        machine.environment.erase("AWS_PROFILE");
        machine.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
        machine.environment["AWS_ROLE_ARN"] = "arn:role";
        machine.files["/token"] = "first-web-identity-token\n";
    }
};

TEST_F(AwsWebIdentity, TheTokenIsReadAnewAndNotSigned) {
    answers = {test::sts_answer("AssumeRoleWithWebIdentity", "ASIAWEB")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)");
    EXPECT_EQ(test::header_of(machine.requests[0], "authorization"), "");
    EXPECT_TRUE(body_has(0, "&RoleArn=arn%3Arole&RoleSessionName=cortex-1700000000000&WebIdentityToken=first-web-identity-token"));
    machine.files["/token"] = "second";
    machine.environment["AWS_ROLE_SESSION_NAME"] = "mine";
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(body_has(1, "&RoleSessionName=mine&WebIdentityToken=second"));
}

TEST_F(AwsWebIdentity, IsPartOfAProfileToo) {
    machine.environment.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
    machine.environment["AWS_PROFILE"] = "web";
    config("[profile web]\nrole_arn = arn:web\nweb_identity_token_file = ~/t\nrole_session_name = s\n");
    machine.files["/home/u/t"] = "token";
    answers = {test::sts_answer("AssumeRoleWithWebIdentity", "ASIAWEB")};
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "profile web (web identity)");
}

TEST_F(AwsWebIdentity, ARefusedTokenIsAskedForOnce) {
    answers = {test::sts_refusal(400, "ExpiredTokenException", "Token first-web-identity-token expired")};
    const test::Fetched fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(machine.requests.size(), 1U);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_EQ(fetched.error().message, "AWS STS refused the token of /token for the role arn:role (HTTP 400, ExpiredTokenException: Token <redacted> expired). "
                                       "The token has expired: whatever writes that file must write a new one.");
    answers = {test::sts_refusal(400, "InvalidIdentityToken")};
    EXPECT_NE(fetch().error().message.find("Check the role's trust policy, and who issued the token."), std::string::npos);
}

TEST_F(AwsWebIdentity, AnIssuerThatStsCannotReachIsAskedForAgain) {
    answers = {test::sts_refusal(400, "IDPCommunicationError"), test::sts_answer("AssumeRoleWithWebIdentity", "ASIAWEB")};
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests.size(), 2U);
}

TEST_F(AwsWebIdentity, WhatIsWrongBeforeAnybodyIsAsked) {
    machine.files["/token"] = " \n";
    EXPECT_EQ(fetch().error().message, "The file /token, which environment variable AWS_WEB_IDENTITY_TOKEN_FILE names, is empty. It must hold a token.");
    machine.files.erase("/token");
    EXPECT_EQ(fetch().error().message, "There is no file /token, which environment variable AWS_WEB_IDENTITY_TOKEN_FILE names. Correct the name.");
    machine.unreadable["/token"] = "permission denied";
    EXPECT_EQ(fetch().error().code, ErrorCode::auth);
    machine.environment.erase("AWS_ROLE_ARN");
    EXPECT_EQ(fetch().error().message, "Environment variable AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not. Set both, or neither.");
    EXPECT_TRUE(machine.requests.empty());
}

}  // namespace
}  // namespace cortex::auth::aws
