// Addresses of AWS's services: a few of each kind, and every published case where this machine has them.

#include "auth/aws/endpoints.hpp"
#include "vectors.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace cortex::auth::aws::test {
namespace {

std::string url_of(const EndpointQuery& query) {
    const auto got = endpoint_for(query);
    return got ? got->url : "error: " + got.error().message;
}

TEST(Endpoints, of_bedrock) {
    EXPECT_EQ(url_of({"bedrock-runtime", "us-east-1"}), "https://bedrock-runtime.us-east-1.amazonaws.com");
    EXPECT_EQ(url_of({"bedrock-runtime", "us-east-1", true}), "https://bedrock-runtime-fips.us-east-1.amazonaws.com");
    EXPECT_EQ(url_of({"bedrock-runtime", "us-east-1", false, true}), "https://bedrock-runtime.us-east-1.api.aws");
    EXPECT_EQ(url_of({"bedrock-runtime", "us-east-1", true, true}), "https://bedrock-runtime-fips.us-east-1.api.aws");
    EXPECT_EQ(url_of({"bedrock-runtime", "us-gov-west-1", true}), "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(url_of({"bedrock-mantle", "eu-west-1"}), "https://bedrock-mantle.eu-west-1.api.aws");
    EXPECT_EQ(url_of({"bedrock-mantle", "eu-west-1", false, true}), "https://bedrock-mantle.eu-west-1.api.aws");
}

TEST(Endpoints, of_the_services_that_hand_out_credentials) {
    EXPECT_EQ(url_of({"sts", "eu-west-1"}), "https://sts.eu-west-1.amazonaws.com");
    EXPECT_EQ(url_of({"sts", "us-gov-west-1", true}), "https://sts.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(url_of({"sts", "us-gov-west-1", true, true}), "https://sts-fips.us-gov-west-1.api.aws");
    EXPECT_EQ(url_of({"sso", "us-east-1", true}), "https://portal.sso-fips.us-east-1.amazonaws.com");
    EXPECT_EQ(url_of({"sso", "us-gov-east-1", true}), "https://portal.sso.us-gov-east-1.amazonaws.com");
    EXPECT_EQ(url_of({"oidc", "cn-north-1"}), "https://oidc.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(url_of({"signin", "eu-central-1"}), "https://eu-central-1.signin.aws.amazon.com");
    EXPECT_EQ(url_of({"signin", "eusc-de-east-1"}), "https://eusc-de-east-1.signin.amazonaws-eusc.eu");
    EXPECT_EQ(url_of({"signin", "us-gov-west-1", true}), "https://signin-fips.amazonaws-us-gov.com");
    EXPECT_EQ(url_of({"signin", "us-gov-east-1", true}), "https://us-gov-east-1.signin-fips.amazonaws-us-gov.com");
    EXPECT_EQ(url_of({"signin", "us-east-1", true}), "https://signin-fips.us-east-1.amazonaws.com");
    EXPECT_EQ(url_of({"signin", "us-east-1", true, true}), "https://signin-fips.us-east-1.api.aws");
}

TEST(Endpoints, only_global_hosts_are_signed_for_another_region) {
    EXPECT_EQ(endpoint_for({"sts", "aws-global"})->signing_region, "us-east-1");
    EXPECT_EQ(endpoint_for({"sts", "aws-global"})->url, "https://sts.amazonaws.com");
    const EndpointQuery legacy{.service = "sts", .region = "eu-west-1", .global_sts = true};
    EXPECT_EQ(endpoint_for(legacy)->url, "https://sts.amazonaws.com");
    EXPECT_EQ(endpoint_for(legacy)->signing_region, "us-east-1");
    const EndpointQuery newer{.service = "sts", .region = "eu-south-2", .global_sts = true};
    EXPECT_EQ(endpoint_for(newer)->url, "https://sts.eu-south-2.amazonaws.com");
    EXPECT_EQ(endpoint_for(newer)->signing_region, "eu-south-2");
    const EndpointQuery fips{.service = "sts", .region = "eu-west-1", .fips = true, .global_sts = true};
    EXPECT_EQ(endpoint_for(fips)->url, "https://sts-fips.eu-west-1.amazonaws.com");
    const EndpointQuery other{.service = "oidc", .region = "eu-west-1", .global_sts = true};
    EXPECT_EQ(endpoint_for(other)->url, "https://oidc.eu-west-1.amazonaws.com");
}

TEST(Endpoints, partitions_by_name_then_by_form_then_aws) {
    for (const auto& [region, name] : {std::pair{"us-east-1", "aws"}, {"mx-central-1", "aws"}, {"aws-global", "aws"},
                                       {"cn-north-1", "aws-cn"}, {"aws-cn-global", "aws-cn"}, {"us-gov-east-9", "aws-us-gov"},
                                       {"us-iso-east-1", "aws-iso"}, {"us-isob-east-1", "aws-iso-b"}, {"eu-isoe-west-1", "aws-iso-e"},
                                       {"us-isof-south-1", "aws-iso-f"}, {"aws-iso-f-global", "aws-iso-f"},
                                       {"eusc-de-east-1", "aws-eusc"}, {"mars-north-1", "aws"}, {"", "aws"}, {"us-gov-east-", "aws"},
                                       {"cn-north-x", "aws"}, {"cn--1", "aws"}})
        EXPECT_EQ(partition_of(region), name) << region;
}

TEST(Endpoints, names_of_regions_are_labels_of_hosts) {
    for (const char* good : {"us-east-1", "a", "1a", "US-EAST-1"}) EXPECT_TRUE(is_region_name(good)) << good;
    EXPECT_TRUE(is_region_name(std::string(63, 'a')));
    for (const char* bad : {"", "-us", "us-", "123", "us.east", "us-east-1/", "us@evil", "us east", "\xC3\xBC"})
        EXPECT_FALSE(is_region_name(bad)) << bad;
    EXPECT_FALSE(is_region_name(std::string(64, 'a')));
    EXPECT_FALSE(is_region_name(std::string_view("us\0east", 7)));
}

TEST(Endpoints, what_has_no_address_says_so) {
    for (const EndpointQuery& query : {EndpointQuery{"sts", ""}, EndpointQuery{"sts", "evil.example/"}, EndpointQuery{"s3", "us-east-1"},
                                       EndpointQuery{"bedrock-mantle", "us-east-1", true}}) {
        const auto got = endpoint_for(query);
        ASSERT_FALSE(got) << query.service;
        EXPECT_EQ(got.error().code, ErrorCode::config);
        EXPECT_EQ(got.error().message.find("evil"), std::string::npos);
    }
}

void run_endpoint_tests(const std::filesystem::path& root) {
    for (const auto& [file, service] : {std::pair{"bedrock-runtime", "bedrock-runtime"}, {"sts", "sts"}, {"sso", "sso"},
                                        {"sso-oidc", "oidc"}, {"signin", "signin"}}) {
        const auto suite = read_json(root / (std::string(file) + ".endpoint-tests.json"));
        ASSERT_TRUE(suite) << file;
        std::size_t passed = 0;
        std::size_t custom = 0;
        std::size_t other_operations = 0;
        for (const auto& item : suite->at("testCases").as_array()) {
            const boost::json::object none;
            const auto* found = item.as_object().if_contains("params");
            const auto& params = found != nullptr ? found->as_object() : none;
            const auto flag = [&](const char* name) {
                const auto* value = params.if_contains(name);
                return value != nullptr && value->as_bool();
            };
            if (params.contains("Endpoint")) {
                ++custom;
                continue;
            }
            if (flag("IsControlPlane") || flag("IsOAuthEndpoint")) {
                ++other_operations;
                continue;
            }
            const auto got = endpoint_for({.service = service,
                                           .region = params.contains("Region") ? text_of(params.at("Region")) : "",
                                           .fips = flag("UseFIPS"),
                                           .dual_stack = flag("UseDualStack"),
                                           .global_sts = flag("UseGlobalEndpoint")});
            const auto& expect = item.at("expect").as_object();
            const std::string name = boost::json::serialize(params);
            ++passed;
            if (expect.contains("error")) {
                EXPECT_FALSE(got) << file << name;
                continue;
            }
            ASSERT_TRUE(got) << file << name << got.error().message;
            const auto& endpoint = expect.at("endpoint").as_object();
            EXPECT_EQ(got->url, text_of(endpoint.at("url"))) << name;
            const auto* properties = endpoint.if_contains("properties");
            if (properties == nullptr || !properties->as_object().contains("authSchemes")) continue;
            EXPECT_EQ(got->signing_region, text_of(properties->at("authSchemes").at(0).at("signingRegion"))) << name;
        }
        EXPECT_GT(passed, 0U);
        std::cout << root / file << ": " << passed << " cases run; not applicable: " << custom
                  << " with a custom endpoint (the settings' business), " << other_operations
                  << " of operations that nothing here calls\n";
    }
}

TEST(PublishedEndpoints, every_case_of_botocore) {
    const auto roots = cortex::test::published_cases("aws-endpoints");
    CORTEX_NEED_CASES(roots, "aws-endpoints");
    for (const auto& root : roots) run_endpoint_tests(root);
}

}  // namespace
}  // namespace cortex::auth::aws::test
