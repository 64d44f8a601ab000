#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

using Lines = std::vector<std::string>;

struct AwsChainReport : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    ChainOptions options = test::chain_options();
    CredentialReport report() { return Chain(options).report(machine.world()); }
};

TEST_F(AwsChainReport, TellsEveryPlaceOfABareMachine) {
    const CredentialReport bare = report();
    EXPECT_TRUE(bare.found) << "instance metadata may answer";
    EXPECT_EQ(bare.auth_mode, "aws_iam");
    EXPECT_EQ(bare.source, "instance metadata");
    EXPECT_EQ(bare.considered, (Lines{"configuration: holds no AWS credentials", "bearer key: AWS_BEARER_TOKEN_BEDROCK is not set",
                                      "environment: AWS_ACCESS_KEY_ID is not set",
                                      "profile: there is no profile default in /home/u/.aws/config or /home/u/.aws/credentials",
                                      "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
                                      "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not set",
                                      "instance metadata: asked when needed (instance metadata)"}));
    machine.environment["AWS_EC2_METADATA_DISABLED"] = "true";
    const CredentialReport none = report();
    EXPECT_FALSE(none.found);
    EXPECT_EQ(none.detail, "There are no AWS credentials for bedrock. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in "
                           "providers.bedrock.aws_profile or AWS_PROFILE, or set AWS_BEARER_TOKEN_BEDROCK.");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsChainReport, AsksNobodyAndRunsNothing) {
    machine.environment["AWS_PROFILE"] = "dev";
    machine.files["/home/u/.aws/config"] = "[profile dev]\nrole_arn = arn:x\nsource_profile = base\n[profile base]\ncredential_process = x\n";
    const CredentialReport found = report();
    EXPECT_TRUE(found.found);
    EXPECT_EQ(found.source, "profile dev (assumed role arn:x from profile base (credential_process))");
    EXPECT_EQ(found.considered[3], "profile: asked when needed (profile dev (assumed role arn:x from profile base (credential_process)))");
    EXPECT_EQ(found.considered[6], "instance metadata: not asked, a source before it has credentials");
    EXPECT_TRUE(machine.requests.empty());
    EXPECT_TRUE(machine.programs.empty());
}

TEST_F(AwsChainReport, ABearerKeyThatHidesOtherCredentialsIsNoticed) {
    machine.environment["AWS_BEARER_TOKEN_BEDROCK"] = "bedrock-api-key";
    EXPECT_EQ(report().notice, "");
    EXPECT_EQ(report().auth_mode, "bearer_token");
    EXPECT_EQ(report().source, "environment variable AWS_BEARER_TOKEN_BEDROCK");
    machine.environment["AWS_PROFILE"] = "dev";
    EXPECT_EQ(report().notice, "Both AWS_BEARER_TOKEN_BEDROCK and AWS_PROFILE are set; the first is used.");
    machine.environment["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    machine.environment["AWS_SECRET_ACCESS_KEY"] = "s";
    EXPECT_EQ(report().notice, "Both AWS_BEARER_TOKEN_BEDROCK and AWS_ACCESS_KEY_ID are set; the first is used.");
    machine.environment.erase("AWS_BEARER_TOKEN_BEDROCK");
    EXPECT_EQ(report().notice, "Both AWS_ACCESS_KEY_ID and AWS_PROFILE are set; the first is used.");
    options.method = AuthMethod::bearer;
    EXPECT_EQ(report().detail, "There is no Bedrock API key for bedrock. Set providers.bedrock.api_key or AWS_BEARER_TOKEN_BEDROCK.");
}

TEST_F(AwsChainReport, WhatTheConfigurationSays) {
    options.access_key_id = "AKIDCONFIG";
    EXPECT_FALSE(report().found);
    EXPECT_NE(report().detail.find("aws_secret_access_key is not"), std::string::npos);
    options.secret_access_key = Secret([]() -> std::string { throw std::runtime_error("must not be called"); });
    EXPECT_TRUE(report().found);
    EXPECT_EQ(report().considered, (Lines{"configuration: taken (aws_access_key_id)"}));
}

TEST_F(AwsChainReport, WhatCannotBeUsedIsTold) {
    machine.environment["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    const CredentialReport broken = report();
    EXPECT_FALSE(broken.found);
    EXPECT_EQ(broken.detail, "Environment variable AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not. Set both, or neither.");
    EXPECT_EQ(broken.considered[3], "profile: not asked, a source before it cannot be used");
}

TEST_F(AwsChainReport, AfterAFetchItTellsWhatCame) {
    Chain chain(options);
    World world = machine.world();
    ASSERT_TRUE(chain.fetch(world));
    const CredentialReport none = chain.report(world);
    EXPECT_FALSE(none.found);
    EXPECT_EQ(none.considered.back(), "instance metadata: nobody answers at http://169.254.169.254");
    EXPECT_EQ(none.detail, chain.missing().message);
    EXPECT_NE(none.detail.find("(configuration: holds no AWS credentials; bearer key: "), std::string::npos) << none.detail;
    EXPECT_EQ(chain.missing().code, ErrorCode::auth);
    EXPECT_EQ(chain.missing().provider, "bedrock");

    machine.environment["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    machine.environment["AWS_SECRET_ACCESS_KEY"] = "s";
    machine.environment["AWS_CREDENTIAL_EXPIRATION"] = "2023-11-15T00:00:00Z";
    ASSERT_TRUE(chain.fetch(world));
    const CredentialReport found = chain.report(world);
    EXPECT_TRUE(found.found);
    EXPECT_TRUE(found.expires_at);
    EXPECT_EQ(found.considered[2], "environment: taken (environment variable AWS_ACCESS_KEY_ID), good until 2023-11-15T00:00:00Z");
}

}  // namespace
}  // namespace cortex::auth::aws
