// Published cases on addresses: of services, of the container's credential service, of instance metadata.

#include "auth/aws/settings.hpp"
#include "auth/aws/sources.hpp"
#include "machine.hpp"
#include "vectors.hpp"

#include <cctype>

namespace cortex::auth::aws {
namespace {

using boost::json::value;
using test::member;
using test::text_in;

void set_environment(test::FakeWorld& machine, const value& variables) {
    for (const auto& variable : variables.as_object()) machine.environment[std::string(variable.key())] = variable.value().as_string().c_str();
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

/// The suite's profiles and services as a config file.
std::string config_file(const value& suite) {
    std::string out;
    for (const auto& profile : suite.at("profiles").as_object()) {
        out += "[profile " + std::string(profile.key()) + "]\n";
        for (const auto& entry : profile.value().as_object()) out += std::string(entry.key()) + " = " + entry.value().as_string().c_str() + "\n";
    }
    for (const auto& services : suite.at("services").as_object()) {
        out += "[services " + std::string(services.key()) + "]\n";
        for (const auto& service : services.value().as_object()) {
            out += std::string(service.key()) + " =\n";
            for (const auto& entry : service.value().as_object()) out += "  " + std::string(entry.key()) + " = " + entry.value().as_string().c_str() + "\n";
        }
    }
    return out;
}

void run_endpoint_urls(const std::filesystem::path& path) {
    test::Tally tally{path.string()};
    const value suites = test::read_json(path);
    for (const value& suite : suites.at("testSuites").as_array()) {
        for (const value& one : suite.at("endpointUrlTests").as_array()) {
            SCOPED_TRACE(text_in(one, "name"));
            if (text_in(one, "client_config") != "default") {
                tally.pass_over(text_in(one, "name"), "an address or a switch given in code, which the provider's base_url is");
                continue;
            }
            test::FakeWorld machine = test::bare_machine();
            machine.files["/home/u/.aws/config"] = config_file(suite);
            set_environment(machine, suite.at("environments").at(text_in(one, "environment")));
            machine.environment["AWS_PROFILE"] = text_in(one, "profile");
            const auto found = configured_endpoint(machine.world(), upper(text_in(one, "service")), {});
            const std::string wanted = text_in(one.at("output"), "endpointUrl");
            ++tally.run;
            // The service's own address: nothing is configured.
            if (wanted.ends_with(".amazonaws.com")) {
                EXPECT_FALSE(found) << found->value;
            } else {
                ASSERT_TRUE(found);
                EXPECT_EQ(found->value, wanted);
                EXPECT_FALSE(found->source.empty());
            }
        }
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsSettingsVectors, ServicesAreAskedWhereEnvironmentAndFilesSay) {
    constexpr std::string_view below = "aws-config/configured-endpoint-urls.json";
    const auto paths = test::published_cases(below);
    CORTEX_NEED_CASES(paths, below);
    for (const auto& path : paths) run_endpoint_urls(path);
}

TEST(AwsSettingsVectors, ContainersAreAskedWhereTheEnvironmentSays) {
    const auto path = test::testdata("aws-config/ecs-tests.json");
    CORTEX_NEED_TESTDATA(path);
    test::Tally tally{"aws-config/ecs"};
    const value cases = test::read_json(path);
    for (const value& one : cases.at("tests").as_array()) {
        SCOPED_TRACE(text_in(one, "docs"));
        test::FakeWorld machine;
        set_environment(machine, one.at("env"));
        const Result<std::string> url = container_url(machine.world());
        ++tally.run;
        if (const value* wanted = member(one.at("result"), "Ok")) {
            ASSERT_TRUE(url) << url.error().message;
            EXPECT_EQ(*url, wanted->as_string().c_str());
        } else {
            // "Not configured" is an error there and an empty address here.
            EXPECT_TRUE(!url || url->empty()) << *url;
        }
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsSettingsVectors, InstanceMetadataIsAskedWhereEnvironmentAndProfileSay) {
    const auto path = test::testdata("aws-config/imds-endpoint-tests.json");
    CORTEX_NEED_TESTDATA(path);
    test::Tally tally{"aws-config/imds-endpoint"};
    const value cases = test::read_json(path);
    for (const value& one : cases.at("tests").as_array()) {
        SCOPED_TRACE(text_in(one, "docs"));
        if (member(one, "endpoint_override") != nullptr) {
            tally.pass_over(text_in(one, "docs"), "an address given in code, for which there is no setting");
            continue;
        }
        test::FakeWorld machine;
        set_environment(machine, one.at("env"));
        for (const auto& file : one.at("fs").as_object()) machine.files[std::string(file.key())] = file.value().as_string().c_str();
        const Result<std::string> url = instance_metadata_url(machine.world(), {});
        ++tally.run;
        if (const value* wanted = member(one.at("result"), "Ok")) {
            ASSERT_TRUE(url) << url.error().message;
            EXPECT_EQ(*url + "/latest/api/token", wanted->as_string().c_str());
        } else {
            ASSERT_FALSE(url) << *url;
            EXPECT_EQ(url.error().code, ErrorCode::config);
        }
    }
    EXPECT_GT(tally.run, 0);
}

}  // namespace
}  // namespace cortex::auth::aws
