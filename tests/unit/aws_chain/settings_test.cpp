#include "auth/aws/settings.hpp"

#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

struct AwsSettings : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    void config(std::string text) { machine.files["/home/u/.aws/config"] = std::move(text); }
    void set(const std::string& name, std::string value) { machine.environment[name] = std::move(value); }
};

TEST_F(AwsSettings, TheRegionsPlacesInOrder) {
    const auto region = [&](std::string_view configured = {}, std::string_view profile = {}) { return *choose_region(machine.world(), configured, profile); };
    EXPECT_EQ(region().value, "us-east-1");
    EXPECT_EQ(region().source, "default");
    config("[default]\nregion = eu-north-1\n[profile dev]\nregion = eu-west-1\n");
    EXPECT_EQ(region().value, "eu-north-1");
    EXPECT_EQ(region().source, "profile default in /home/u/.aws/config");
    EXPECT_EQ(region({}, "dev").value, "eu-west-1");
    set("AWS_PROFILE", "dev");
    EXPECT_EQ(region().value, "eu-west-1") << "the chosen profile's, not the default one's";
    set("AWS_DEFAULT_REGION", "ap-south-1");
    EXPECT_EQ(region().source, "environment variable AWS_DEFAULT_REGION");
    set("AWS_REGION", "ap-east-1");
    EXPECT_EQ(region().value, "ap-east-1");
    EXPECT_EQ(region("us-west-2").value, "us-west-2");
    EXPECT_EQ(region("us-west-2").source, "aws_region");
}

TEST_F(AwsSettings, ARegionThatIsNoHostLabelIsRefusedWithItsSource) {
    set("AWS_REGION", "evil.example.com/x");
    const Result<Found> region = choose_region(machine.world(), {}, {});
    ASSERT_FALSE(region);
    EXPECT_EQ(region.error().code, ErrorCode::config);
    EXPECT_EQ(region.error().message, "The AWS region from environment variable AWS_REGION is not a region's name. Write one such as us-east-1.");
}

TEST_F(AwsSettings, ABrokenFileIsSilentHere) {
    config("[broken");
    EXPECT_EQ(choose_region(machine.world(), {}, {})->source, "default");
    EXPECT_FALSE(configured_endpoint(machine.world(), "STS", {}));
    EXPECT_FALSE(host_kinds(machine.world(), {}).fips);
}

TEST_F(AwsSettings, AddressesOfServicesInOrder) {
    const auto url = [&] { return configured_endpoint(machine.world(), "BEDROCK_RUNTIME", {}); };
    EXPECT_FALSE(url());
    config("[default]\nendpoint_url = http://profile\n");
    EXPECT_EQ(url()->value, "http://profile");
    config("[default]\nendpoint_url = http://profile\nservices = s\n[services s]\nbedrock_runtime =\n  endpoint_url = http://service\n");
    EXPECT_EQ(url()->value, "http://service");
    EXPECT_EQ(url()->source, "[services s] in /home/u/.aws/config");
    set("AWS_ENDPOINT_URL", "http://all");
    EXPECT_EQ(url()->value, "http://all");
    set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://one");
    EXPECT_EQ(url()->source, "environment variable AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
    set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
    EXPECT_FALSE(url());
    set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false");
    EXPECT_TRUE(url());
}

TEST_F(AwsSettings, KindsOfHostsFromEnvironmentElseProfile) {
    config("[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nsts_regional_endpoints = legacy\n");
    EXPECT_TRUE(host_kinds(machine.world(), {}).fips);
    EXPECT_TRUE(host_kinds(machine.world(), {}).dual_stack);
    EXPECT_TRUE(legacy_sts(machine.world(), {}));
    set("AWS_USE_FIPS_ENDPOINT", "false");
    set("AWS_STS_REGIONAL_ENDPOINTS", "regional");
    EXPECT_FALSE(host_kinds(machine.world(), {}).fips);
    EXPECT_FALSE(legacy_sts(machine.world(), {}));
}

}  // namespace
}  // namespace cortex::auth::aws
