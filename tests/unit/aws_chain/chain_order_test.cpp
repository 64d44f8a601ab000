#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

/// A machine where every source has something.
struct AwsChainOrder : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    ChainOptions options = test::chain_options();
    AwsChainOrder() {
        machine.environment["AWS_BEARER_TOKEN_BEDROCK"] = "bedrock-api-key";
        machine.environment["AWS_ACCESS_KEY_ID"] = "AKIDENV";
        machine.environment["AWS_SECRET_ACCESS_KEY"] = "env-secret";
        machine.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
        machine.environment["AWS_ROLE_ARN"] = "arn:role";
        machine.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/c";
        machine.files["/token"] = "token";
        machine.files["/home/u/.aws/config"] = "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = f\n[profile dev]\naws_access_key_id = AKIDDEV\n"
                                               "aws_secret_access_key = d\n[profile plain]\nregion = eu-west-1\n";
        machine.on_request = [](const HttpRequest& request) -> Result<HttpAnswer> {
            if (request.url.find("sts.") != std::string::npos) return test::sts_answer("AssumeRoleWithWebIdentity", "ASIAWEB");
            if (request.url == "http://169.254.170.2/c") return test::json_answer(200, R"({"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"c"})");
            if (request.method == HttpMethod::put) return test::text_answer(200, "t");
            if (request.url.ends_with('/')) return test::text_answer(200, "role");
            return test::json_answer(200, R"({"AccessKeyId":"ASIAINSTANCE","SecretAccessKey":"i"})");
        };
    }
    /// The id of the keys that are used, "bearer", "" for none, or the failure.
    std::string used() {
        const test::Fetched fetched = test::fetch(machine, options);
        if (!fetched) return fetched.error().message;
        if (!*fetched) return {};
        return (*fetched)->kind == Credential::Kind::bearer ? "bearer" : (*fetched)->access_key_id;
    }
    void without(const std::string& variable) { machine.environment.erase(variable); }
};

TEST_F(AwsChainOrder, EachSourceIsAskedWhenTheOnesBeforeHaveNothing) {
    EXPECT_EQ(used(), "bearer");
    without("AWS_BEARER_TOKEN_BEDROCK");
    EXPECT_EQ(used(), "AKIDENV");
    without("AWS_ACCESS_KEY_ID");
    without("AWS_SECRET_ACCESS_KEY");
    EXPECT_EQ(used(), "AKIDFILE");
    EXPECT_TRUE(machine.requests.empty()) << "nobody was asked so far";
    machine.files.clear();
    machine.files["/token"] = "token";
    EXPECT_EQ(used(), "ASIAWEB");
    without("AWS_WEB_IDENTITY_TOKEN_FILE");
    EXPECT_EQ(used(), "ASIACONTAINER");
    without("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    EXPECT_EQ(used(), "ASIAINSTANCE");
    machine.environment["AWS_EC2_METADATA_DISABLED"] = "true";
    EXPECT_EQ(used(), "");
}

TEST_F(AwsChainOrder, WhatTheConfigurationSaysBeatsAllElse) {
    options.access_key_id = "AKIDCONFIG";
    options.secret_access_key = Secret("s");
    options.session_token = Secret("t");
    const test::Fetched fetched = test::fetch(machine, options);
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_EQ((*fetched)->access_key_id, "AKIDCONFIG");
    EXPECT_EQ((*fetched)->source, "aws_access_key_id");
    EXPECT_EQ(test::token_of(**fetched), "t");
    options = test::chain_options();
    options.bearer = Secret("configured-key");
    EXPECT_EQ(used(), "bearer");
    options.bearer = Secret([] { return std::string("asked-for-key"); });
    EXPECT_EQ(test::secret_of(**test::fetch(machine, options)), "asked-for-key");
}

TEST_F(AwsChainOrder, AProfileOfTheConfigurationBeatsTheEnvironment) {
    options.profile = "dev";
    EXPECT_EQ(used(), "AKIDDEV");
    options.profile = "plain";
    EXPECT_EQ(used(), "ASIACONTAINER") << "neither keys nor web identity of the environment";
    EXPECT_EQ(machine.requests.size(), 1U);
}

TEST_F(AwsChainOrder, AProfileOfTheEnvironmentDoesNotBeatItsKeys) {
    without("AWS_BEARER_TOKEN_BEDROCK");
    machine.environment["AWS_PROFILE"] = "dev";
    EXPECT_EQ(used(), "AKIDENV");
    without("AWS_ACCESS_KEY_ID");
    without("AWS_SECRET_ACCESS_KEY");
    EXPECT_EQ(used(), "AKIDDEV");
    machine.environment["AWS_PROFILE"] = "nowhere";
    EXPECT_EQ(used(), "There is no profile nowhere, which AWS_PROFILE names, in /home/u/.aws/config or /home/u/.aws/credentials. Add it, or correct the name.");
    options.profile = "neither";
    EXPECT_EQ(used(), "There is no profile neither, which aws_profile names, in /home/u/.aws/config or /home/u/.aws/credentials. Add it, or correct the name.");
}

TEST_F(AwsChainOrder, TheMethodSettlesIt) {
    options.method = AuthMethod::sigv4;
    EXPECT_EQ(used(), "AKIDENV");
    options.bearer = Secret("configured-key");
    EXPECT_EQ(used(), "AKIDENV");
    options.method = AuthMethod::bearer;
    EXPECT_EQ(test::secret_of(**test::fetch(machine, options)), "configured-key");
    options.bearer = Secret();
    options.profile = "dev";
    EXPECT_EQ(used(), "bearer");
    without("AWS_BEARER_TOKEN_BEDROCK");
    EXPECT_EQ(used(), "");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsChainOrder, SettingsThatContradictEachOther) {
    options.access_key_id = "AKIDCONFIG";
    EXPECT_EQ(used(), "providers.bedrock: aws_access_key_id is set, but aws_secret_access_key is not. Set both, or neither.");
    EXPECT_EQ(test::fetch(machine, options).error().code, ErrorCode::config);
    options = test::chain_options();
    options.secret_access_key = Secret("s");
    EXPECT_EQ(used(), "providers.bedrock: aws_secret_access_key is set, but aws_access_key_id is not. Set both, or neither.");
    options = test::chain_options();
    options.session_token = Secret("s");
    EXPECT_EQ(used(), "providers.bedrock: aws_session_token is set, but the keys that it belongs to are not. Set all three, or none.");
    options = test::chain_options();
    options.bearer = Secret("b");
    options.profile = "dev";
    EXPECT_EQ(used(), "providers.bedrock: both api_key and aws_profile are set. Remove one of them.");
}

TEST_F(AwsChainOrder, EmptyVariablesAreUnset) {
    for (const char* variable : {"AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) machine.environment[variable] = "";
    EXPECT_EQ(used(), "AKIDFILE");
    machine.environment["AWS_ACCESS_KEY_ID"] = "  ";
    EXPECT_EQ(used(), "AKIDFILE");
}

TEST_F(AwsChainOrder, HalfAPairOfVariablesEndsTheChain) {
    without("AWS_BEARER_TOKEN_BEDROCK");
    without("AWS_SECRET_ACCESS_KEY");
    EXPECT_EQ(used(), "Environment variable AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not. Set both, or neither.");
    machine.environment["AWS_SECRET_ACCESS_KEY"] = "s";
    without("AWS_ACCESS_KEY_ID");
    EXPECT_EQ(used(), "Environment variable AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not. Set both, or neither.");
}

TEST_F(AwsChainOrder, KeysThatNoHeaderCanCarryAreNeverSent) {
    machine.environment["AWS_BEARER_TOKEN_BEDROCK"] = "abc\r\nx-evil: 1";
    EXPECT_EQ(used(), "The Bedrock API key from environment variable AWS_BEARER_TOKEN_BEDROCK holds a character that no key has. Copy the key alone, without quotes, "
                      "spaces or line breaks.");
    without("AWS_BEARER_TOKEN_BEDROCK");
    machine.environment["AWS_SESSION_TOKEN"] = "a\nb";
    EXPECT_EQ(used(), "The session token from environment variable AWS_ACCESS_KEY_ID holds a line break. Copy it alone, without quotes, spaces or line breaks.");
}

TEST_F(AwsChainOrder, ABrokenFileEndsTheChainOnlyWhereItIsReached) {
    machine.files["/home/u/.aws/config"] = "[default]\nnonsense\n";
    EXPECT_EQ(used(), "bearer");
    without("AWS_BEARER_TOKEN_BEDROCK");
    EXPECT_EQ(used(), "AKIDENV");
    without("AWS_ACCESS_KEY_ID");
    without("AWS_SECRET_ACCESS_KEY");
    EXPECT_EQ(used(), "/home/u/.aws/config, line 2: a setting has no '='. Write it as name = value.");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsChainOrder, AStopEndsAFetch) {
    machine.environment.clear();
    machine.files.clear();
    Chain chain(options);
    bool asked = false;
    machine.on_request = [&](const HttpRequest&) -> Result<HttpAnswer> {
        asked = true;
        return ErrorInfo{.code = ErrorCode::cancelled, .message = "stopped"};
    };
    chain.stop();
    World world = machine.world();
    const test::Fetched fetched = chain.fetch(world);
    EXPECT_TRUE(asked);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace cortex::auth::aws
