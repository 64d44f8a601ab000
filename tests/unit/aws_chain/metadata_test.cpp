// Keys of the place where the program runs: a container's credential service, and instance metadata.

#include "auth/aws/chain.hpp"
#include "core/date_time.hpp"
#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

constexpr std::string_view keys_document = R"({"Code":"Success","AccessKeyId":"ASIAHERE","SecretAccessKey":"s","Token":"t","Expiration":"2023-11-15T00:00:00Z"})";

struct AwsContainer : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    HttpAnswer answer = test::json_answer(200, std::string(keys_document));
    AwsContainer() {
        machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
        machine.on_request = [this](const HttpRequest&) -> Result<HttpAnswer> { return answer; };
    }
    std::string refused() { return test::failure(machine); }
};

TEST_F(AwsContainer, GivesKeysWithoutAProxy) {
    machine.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic abc";
    const test::Fetched fetched = test::fetch(machine);
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "container (AWS_CONTAINER_CREDENTIALS_FULL_URI)");
    EXPECT_EQ((*fetched)->access_key_id, "ASIAHERE");
    EXPECT_EQ((*fetched)->expires_at, parse_iso8601("2023-11-15T00:00:00Z"));
    ASSERT_EQ(machine.requests.size(), 1U);
    EXPECT_FALSE(machine.requests[0].use_proxy);
    EXPECT_EQ(test::header_of(machine.requests[0], "authorization"), "Basic abc");
}

TEST_F(AwsContainer, ReadsItsTokenFileForEachFetch) {
    machine.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
    machine.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this one";
    for (const std::string token : {"one", "two"}) {
        machine.files["/token"] = token + "\n";
        ASSERT_TRUE(test::fetch(machine));
        EXPECT_EQ(test::header_of(machine.requests.back(), "authorization"), token);
    }
    machine.files.erase("/token");
    EXPECT_EQ(refused(), "There is no file /token, which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names. Correct the variable.");
    machine.files["/token"] = "a\r\nx-evil: b";
    EXPECT_EQ(refused(), "The token from /token, which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, holds a line break. A token is one line.");
    machine.environment.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    machine.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\nb";
    EXPECT_EQ(refused(), "The token from AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break. A token is one line.");
    EXPECT_EQ(machine.requests.size(), 2U);
}

TEST_F(AwsContainer, OnlyCertainHostsAreAskedOverPlainHttp) {
    for (const std::string url : {"http://127.0.0.1:80/x", "http://127.1.2.3/x", "http://localhost:8080/x", "http://[::1]/x", "http://[fd00:ec2::23]/x", "https://anywhere/x"}) {
        machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        EXPECT_EQ(refused(), "") << url;
    }
    machine.requests.clear();
    for (const std::string url : {"http://192.168.1.1/x", "http://169.254.170.3/x", "http://example.com/x", "http://169.254.170.2.evil.com/x"}) {
        machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        EXPECT_EQ(refused(), "Environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that may not be asked over plain http. Use https, a loopback "
                             "address, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23].")
            << url;
    }
    for (const std::string url : {"ftp://127.0.0.1/x", "nonsense", "http://u@127.0.0.1/x"}) {
        machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        EXPECT_NE(refused().find("is not a URL"), std::string::npos) << url;
    }
    machine.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@evil.com/x";
    EXPECT_EQ(refused(), "Environment variable AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'. Write a path there.");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsContainer, AnswersThatAreNoKeys) {
    const std::string what = "The container's credential service (AWS_CONTAINER_CREDENTIALS_FULL_URI) ";
    answer = test::text_answer(302, "");
    EXPECT_EQ(refused(), what + "answered with a redirect (HTTP 302). Credentials are taken from the address itself only.");
    EXPECT_EQ(machine.requests.size(), 1U);
    answer = test::json_answer(404, R"({"code":"NotFound","message":"no such task"})");
    EXPECT_EQ(refused(), what + "gave no credentials (HTTP 404, NotFound: no such task). Check the role of the task or pod.");
    answer = test::json_answer(200, "secret-looking garbage");
    EXPECT_EQ(refused(), what + "answered with something that is no JSON object. Check the address.");
    answer = test::json_answer(200, R"({"AccessKeyId":"A","SecretAccessKey":["s"]})");
    EXPECT_EQ(refused(), what + "answered wrongly: SecretAccessKey is not a text. Check what gives the keys out.");
    machine.requests.clear();
    answer = test::text_answer(500, "");
    EXPECT_EQ(test::fetch(machine).error().code, ErrorCode::unavailable);
    EXPECT_EQ(machine.requests.size(), 3U);
    machine.on_request = {};
    EXPECT_EQ(test::fetch(machine).error().code, ErrorCode::network) << "set up, but out of reach: the chain ends here";
}

struct AwsInstance : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    Chain chain{test::chain_options()};
    HttpAnswer token = test::text_answer(200, "metadata-session");
    HttpAnswer roles = test::text_answer(200, "my-role\nanother");
    HttpAnswer keys = test::json_answer(200, std::string(keys_document));
    bool silent = false;
    AwsInstance() {
        machine.on_request = [this](const HttpRequest& request) -> Result<HttpAnswer> {
            if (silent) return ErrorInfo{.code = ErrorCode::timeout, .message = "no answer in time.", .retryable = true};
            if (request.method == HttpMethod::put) return token;
            return request.url.ends_with('/') ? roles : keys;
        };
    }
    test::Fetched fetch() {
        World world = machine.world();
        return chain.fetch(world);
    }
    std::string refused() {
        const test::Fetched fetched = fetch();
        return fetched ? std::string() : fetched.error().message;
    }
    std::string last_word() {
        std::string out;
        for (const std::string& line : chain.report(machine.world()).considered)
            if (line.starts_with("instance metadata: ")) out = line.substr(19);
        return out;
    }
};

TEST_F(AwsInstance, GivesKeysByVersionTwo) {
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "instance metadata (role my-role)");
    ASSERT_EQ(machine.requests.size(), 3U);
    EXPECT_EQ(machine.requests[0].url, "http://169.254.169.254/latest/api/token");
    EXPECT_EQ(test::header_of(machine.requests[0], "x-aws-ec2-metadata-token-ttl-seconds"), "21600");
    EXPECT_EQ(machine.requests[2].url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role");
    for (const HttpRequest& request : machine.requests) {
        EXPECT_FALSE(request.use_proxy);
        EXPECT_EQ(request.deadlines.connect, std::chrono::seconds(1));
        EXPECT_EQ(request.deadlines.total, std::chrono::seconds(1));
    }
    EXPECT_EQ(test::header_of(machine.requests[1], "x-aws-ec2-metadata-token"), "metadata-session");
}

TEST_F(AwsInstance, SilenceCostsOneQuestionAndIsRemembered) {
    silent = true;
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched);
    EXPECT_FALSE(*fetched);
    EXPECT_EQ(machine.requests.size(), 1U);
    EXPECT_TRUE(machine.pauses.empty());
    EXPECT_EQ(last_word(), "nobody answers at http://169.254.169.254");
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests.size(), 1U);
    EXPECT_EQ(last_word(), "nobody answered a short while ago");
    machine.clock.advance(std::chrono::minutes(6));
    silent = false;
    EXPECT_TRUE(*fetch());
}

TEST_F(AwsInstance, IsLeftOutWhereItIsSwitchedOff) {
    machine.environment["AWS_EC2_METADATA_DISABLED"] = "True";
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched);
    EXPECT_FALSE(*fetched);
    EXPECT_TRUE(machine.requests.empty());
    EXPECT_EQ(last_word(), "switched off by AWS_EC2_METADATA_DISABLED");
}

TEST_F(AwsInstance, HasNothingToGive) {
    token = test::text_answer(403, "");
    EXPECT_FALSE(*fetch());
    EXPECT_EQ(last_word(), "the service is switched off for this instance (HTTP 403)");
    token = test::text_answer(404, "");
    EXPECT_FALSE(*fetch());
    EXPECT_EQ(last_word(), "what answers at http://169.254.169.254 gives no tokens (HTTP 404), so it is not version 2");
    token = test::text_answer(200, "t");
    roles = test::text_answer(404, "");
    EXPECT_FALSE(*fetch());
    EXPECT_EQ(last_word(), "the instance has no role");
}

TEST_F(AwsInstance, AnswersThatMakeNoSense) {
    const std::string remedy = ". Look at the instance's role, or set AWS_EC2_METADATA_DISABLED=true to leave it out.";
    token = test::text_answer(400, "");
    EXPECT_EQ(refused(), "The instance metadata service gave no token (HTTP 400)" + remedy);
    token = test::text_answer(200, "a\nb");
    EXPECT_EQ(refused(), "The instance metadata service gave no token (HTTP 200)" + remedy);
    token = test::text_answer(200, "t");
    roles = test::text_answer(200, "<html>login</html>");
    EXPECT_EQ(refused(), "The instance metadata service answered with something that is no role's name" + remedy);
    roles = test::text_answer(200, "my-role");
    keys = test::text_answer(200, "garbage");
    EXPECT_EQ(refused(), "The instance metadata service answered for role my-role with something that is no JSON object" + remedy);
    keys = test::json_answer(200, R"({"Code":"AssumeRoleUnauthorizedAccess"})");
    EXPECT_EQ(refused(), "The instance metadata service gave no credentials for role my-role: AssumeRoleUnauthorizedAccess" + remedy);
    token = test::text_answer(503, "");
    EXPECT_EQ(fetch().error().code, ErrorCode::unavailable);
}

TEST_F(AwsInstance, KeysThatHaveEndedAreUsedOn) {
    keys = test::json_answer(200, R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2023-11-14T22:00:00Z"})");
    const WallTime now = machine.clock.wall_now;
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_GE(*(*fetched)->expires_at, now + std::chrono::minutes(10));
    EXPECT_LE(*(*fetched)->expires_at, now + std::chrono::minutes(15));
    // Only what has truly ended is extended.
    keys = test::json_answer(200, R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2023-11-14T22:14:00Z"})");
    EXPECT_EQ((*fetch())->expires_at, parse_iso8601("2023-11-14T22:14:00Z"));
}

TEST_F(AwsInstance, AnOutageIsOutlivedByTheLastKeys) {
    ASSERT_TRUE(*fetch());
    silent = true;
    machine.clock.advance(std::chrono::hours(3));
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ((*fetched)->access_key_id, "ASIAHERE");
    EXPECT_GT(*(*fetched)->expires_at, machine.clock.wall_now);
}

TEST_F(AwsInstance, ThatAProfileNamesMustAnswer) {
    machine.files["/home/u/.aws/config"] = "[default]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n";
    silent = true;
    EXPECT_EQ(refused(), "The profile default in /home/u/.aws/config takes its keys from credential_source Ec2InstanceMetadata, which has none: nobody answers at "
                         "http://169.254.169.254. Set it up, or name another source.");
}

TEST_F(AwsInstance, AWrongAddressOrModeNamesItsPlace) {
    machine.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv5";
    EXPECT_EQ(refused(), "The mode from environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is neither IPv4 nor IPv6. Write one of these.");
    machine.environment.erase("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    machine.files["/home/u/.aws/config"] = "[default]\nec2_metadata_service_endpoint = nonsense\n";
    EXPECT_EQ(refused(), "The address from ec2_metadata_service_endpoint of profile default in /home/u/.aws/config is not a URL. Write one such as http://169.254.169.254.");
    EXPECT_TRUE(machine.requests.empty());
}

}  // namespace
}  // namespace cortex::auth::aws
