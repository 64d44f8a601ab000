// What only clouds have: credentials that are looked for, end and are renewed, clocks, regions and locations.

#include "cloud_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cortex {
namespace {

using test::CloudVendor;
using test::Way;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

template <class E, class F>
std::string words_of(F action) {
    try {
        action();
    } catch (const E& error) {
        return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

/// A Bedrock provider that finds its keys in the emulator's container endpoint.
EngineConfig by_container(const CloudVendor& vendor) {
    ::setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", (std::string(vendor.url()) + "/credentials/task").c_str(), 1);
    EngineConfig config;
    config.providers = {{"anthropic", {.base_url = std::string(vendor.url()), .bedrock = true}}};
    config.orchestrator_model = "claude-sonnet-4-5";
    return config;
}

/// A file of the test's own, gone with it.
class OwnFile {
public:
    OwnFile(std::string name, const std::string& text) : path_(std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + "-" + std::move(name))) {
        std::ofstream(path_) << text;
    }
    ~OwnFile() { std::filesystem::remove(path_); }
    OwnFile(const OwnFile&) = delete;
    OwnFile& operator=(const OwnFile&) = delete;
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST(Clouds, a_thousand_first_calls_at_once_ask_for_credentials_once) {
    CloudVendor vendor(Way::bedrock);
    Engine engine(by_container(vendor));
    const Agent agent = engine.create_agent({.name = "a"});
    std::vector<Session> sessions;
    std::vector<cortex::Run> runs;
    for (int i = 0; i < 1000; ++i) sessions.push_back(agent.start_session());
    for (Session& session : sessions) runs.push_back(session.start("hello"));
    for (cortex::Run& run : runs) EXPECT_EQ(run.result().content, "You said: hello");
    EXPECT_EQ(vendor.count("/credentials/"), 1U);
    EXPECT_EQ(vendor.count("/model/"), 1000U);
}

TEST(Clouds, keys_that_ended_are_replaced_and_the_turn_goes_on) {
    CloudVendor vendor(Way::bedrock);
    Engine engine(by_container(vendor));
    Session session = vendor.session(engine);
    session.run("one");
    vendor.control("PUT", "aws", R"({"revoke":"issued"})");
    const Response response = session.run("two");
    EXPECT_EQ(response.content, "You said: two");
    EXPECT_EQ(response.metadata.attempts.size(), 2U) << "the refused one, and the one with new keys";
    EXPECT_EQ(vendor.count("/credentials/"), 2U);
}

TEST(Clouds, a_clock_that_is_20_minutes_off_is_corrected_once_and_said) {
    for (const int minutes : {20, -20}) {
        CloudVendor vendor(Way::bedrock);
        vendor.control("PUT", "aws", R"({"clock_offset_seconds":)" + std::to_string(minutes * 60) + "}");
        Engine engine(vendor.config());
        Session session = vendor.session(engine);
        const Response first = session.run("one");
        EXPECT_EQ(first.content, "You said: one");
        EXPECT_EQ(first.metadata.attempts.size(), 2U);
        EXPECT_THAT(first.metadata.notices, Contains(::testing::AllOf(HasSubstr("20 minutes"), HasSubstr("clock"), HasSubstr(minutes > 0 ? "behind" : "ahead of"))));
        const Response second = session.run("two");
        EXPECT_EQ(second.metadata.attempts.size(), 1U) << "it is remembered";
        EXPECT_THAT(second.metadata.notices, Not(Contains(HasSubstr("clock"))));
    }
}

TEST(Clouds, verify_is_cured_of_a_wrong_clock_and_of_keys_that_ended_as_a_turn_would_be) {
    CloudVendor vendor(Way::bedrock);
    Engine engine(by_container(vendor));
    EXPECT_EQ(engine.verify().at(0).status, CredentialStatus::verified);
    vendor.control("PUT", "aws", R"({"revoke":"issued"})");
    EXPECT_EQ(engine.verify().at(0).status, CredentialStatus::verified);
    vendor.control("PUT", "aws", R"({"clock_offset_seconds":1200})");
    EXPECT_EQ(engine.verify().at(0).status, CredentialStatus::verified);
}

TEST(Clouds, an_exception_inside_a_stream_is_repeated_before_the_first_text_and_surfaces_after_it) {
    CloudVendor vendor(Way::bedrock);
    vendor.emulator().script(R"([{"exception":{"type":"throttlingException","message":"Too many requests"}}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    std::string text;
    for (const auto& chunk : session.run_stream("hello")) text += chunk.content;
    EXPECT_EQ(text, "You said: hello");
    EXPECT_EQ(vendor.requests().size(), 2U);
}

TEST(Clouds, a_corrupt_frame_is_an_error_and_never_an_empty_answer) {
    CloudVendor vendor(Way::bedrock);
    for (const char* damage : {R"([{"bad_frame":{"kind":"message_crc"}}])", R"([{"bad_frame":{"kind":"prelude_crc"}}])", R"([{"bad_frame":{"kind":"length"}}])"}) {
        vendor.emulator().script(damage);
        EngineConfig config = vendor.config();
        config.max_retries = 0;
        Engine engine(config);
        Session session = vendor.session(engine);
        EXPECT_THROW(
            {
                for ([[maybe_unused]] const auto& chunk : session.run_stream("hello")) {
                }
            },
            ProtocolError)
            << damage;
    }
}

TEST(Clouds, the_pages_own_id_is_sent_as_written_and_the_404_names_the_real_one) {
    for (const Way way : {Way::bedrock, Way::vertex}) {
        CloudVendor vendor(way);
        const std::string id = way == Way::bedrock ? "anthropic.claude-sonnet-4-5-20250514-v1:0" : "claude-sonnet-4-5@20250514";
        EngineConfig config = vendor.config(id);
        config.providers[0].second.default_model = id;
        Engine engine(config);
        Session session = vendor.session(engine);
        const std::string words = words_of<ModelNotFoundError>([&] { session.run("hi"); });
        EXPECT_THAT(words, ::testing::AllOf(HasSubstr(id), HasSubstr("20250929")));
        const auto requests = vendor.requests();
        ASSERT_EQ(requests.size(), 1U);
        EXPECT_THAT(std::string(requests[0].at("target").as_string()), HasSubstr("20250514"));
    }
}

TEST(Clouds, nobody_is_asked_where_a_bearer_key_is_set) {
    CloudVendor vendor(Way::bedrock);
    EngineConfig config = by_container(vendor);
    ::setenv("AWS_BEARER_TOKEN_BEDROCK", CloudVendor::key, 1);
    Engine engine(config);
    EXPECT_EQ(vendor.session(engine).run("hi").content, "You said: hi");
    EXPECT_EQ(vendor.count("/credentials/"), 0U);
    EXPECT_EQ(engine.providers().at(0).auth_mode, "bearer_token");
    ::setenv("AWS_BEARER_TOKEN_BEDROCK", "", 1);
    config.providers[0].second.aws_auth = "sigv4";
    Engine signing(config);
    EXPECT_EQ(vendor.session(signing).run("hi").content, "You said: hi");
    EXPECT_EQ(vendor.count("/credentials/"), 1U);
}

TEST(Clouds, a_service_account_gets_its_token_once_and_renews_it_when_it_is_refused) {
    CloudVendor vendor(Way::vertex);
    const auto files = vendor.control("GET", "google/files?folder=/tmp&base_url=" + std::string(vendor.url()));
    const OwnFile file("sa.json", std::string(files.at("service_account.json").is_string() ? files.at("service_account.json").as_string().c_str()
                                                                                             : boost::json::serialize(files.at("service_account.json")).c_str()));
    ::setenv("GOOGLE_APPLICATION_CREDENTIALS", file.path().c_str(), 1);
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = {};
    Engine engine(config);
    Session session = vendor.session(engine);
    EXPECT_EQ(session.run("one").content, "You said: one");
    EXPECT_EQ(session.run("two").content, "You said: two");
    EXPECT_EQ(vendor.count("/token"), 1U);
    vendor.control("PUT", "google", R"({"revoke":"all"})");
    const Response response = session.run("three");
    EXPECT_EQ(response.content, "You said: three");
    EXPECT_EQ(response.metadata.attempts.size(), 2U);
    EXPECT_EQ(vendor.count("/token"), 2U);
    const ProviderStatus status = engine.providers().at(0);
    EXPECT_EQ(status.auth_mode, "google_adc");
    EXPECT_THAT(status.credential_source, HasSubstr("service account"));
    EXPECT_TRUE(status.expires_at);
}

TEST(Clouds, configurations_that_contradict_themselves_name_their_field_before_any_request) {
    CloudVendor vendor(Way::bedrock);
    const auto refused = [&](ProviderConfig provider, std::string model = "claude-sonnet-4-5") {
        EngineConfig config;
        config.providers = {{"anthropic", std::move(provider)}};
        config.orchestrator_model = std::move(model);
        return words_of<ConfigError>([&] { Engine engine(config); });
    };
    EXPECT_THAT(refused({.bedrock = true, .vertex_ai = true}), ::testing::AllOf(HasSubstr("bedrock"), HasSubstr("vertex_ai")));
    EXPECT_THAT(refused({.vertex_ai = true}), HasSubstr("project"));
    EXPECT_THAT(refused({.bedrock = true, .aws_region = "us east"}), HasSubstr("region"));
    EXPECT_THAT(refused({.vertex_ai = true, .project = "p", .location = "us east5"}), HasSubstr("location"));
    EXPECT_THAT(refused({.bedrock = true, .aws_region = "us-west-2"}, "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-4-6"), HasSubstr("eu-west-1"));
    EXPECT_THAT(refused({.api_key = "sk-ant-api03-x", .bedrock = true}), HasSubstr("api_key"));
    EXPECT_THAT(refused({.api_key = "sk-ant-api03-x", .vertex_ai = true, .project = "p"}), HasSubstr("api_key"));
    EXPECT_THAT(refused({.bedrock = true, .aws_access_key_id = "AKIDEXAMPLE"}), HasSubstr("aws_secret_access_key"));
    EXPECT_THAT(refused({.bedrock = true, .aws_auth = "magic"}), HasSubstr("aws_auth"));
    EXPECT_THAT(refused({.api_key = "bedrock-key", .bedrock = true, .aws_profile = "dev"}), ::testing::AllOf(HasSubstr("api_key"), HasSubstr("aws_profile")));
    EXPECT_THAT(refused({.bedrock = true, .guardrail_version = "1"}), HasSubstr("guardrail_id"));
    EXPECT_THAT(vendor.requests(), IsEmpty());
}

TEST(Clouds, regions_come_from_the_config_then_the_environment_then_us_east_1) {
    CloudVendor vendor(Way::bedrock);
    const auto url = [](std::string region) {
        EngineConfig config;
        config.providers = {{"anthropic", {.bedrock = true, .aws_region = std::move(region)}}};
        return Engine(config).providers().at(0).base_url;
    };
    EXPECT_EQ(url(""), "https://bedrock-runtime.us-east-1.amazonaws.com");
    ::setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
    EXPECT_EQ(url(""), "https://bedrock-runtime.eu-west-1.amazonaws.com");
    ::setenv("AWS_REGION", "us-west-2", 1);
    EXPECT_EQ(url(""), "https://bedrock-runtime.us-west-2.amazonaws.com");
    EXPECT_EQ(url("ap-northeast-1"), "https://bedrock-runtime.ap-northeast-1.amazonaws.com");
}

TEST(Clouds, the_default_location_stays_and_is_warned_of_once) {
    CloudVendor vendor(Way::vertex);
    Engine engine(vendor.config("claude-sonnet-4-6"));
    EXPECT_THAT(vendor.session(engine).run("hi").metadata.notices, IsEmpty());
    EXPECT_EQ(vendor.count("/v1/projects/emulator-project/locations/us-east5/"), 1U);
    Engine newer(vendor.config("claude-opus-5"));
    Session session = vendor.session(newer);
    EXPECT_THROW(session.run("hi"), ModelNotFoundError) << "it stays in us-east5";
    EXPECT_EQ(vendor.count("/v1/projects/emulator-project/locations/us-east5/"), 2U);
}

TEST(Clouds, an_anthropic_key_in_the_environment_is_neither_needed_nor_sent) {
    for (const Way way : {Way::bedrock, Way::vertex}) {
        CloudVendor vendor(way);
        ::setenv("ANTHROPIC_API_KEY", "sk-ant-ambient-0123456789", 1);
        Engine engine(vendor.config());
        EXPECT_EQ(vendor.session(engine).run("hi").content, "You said: hi");
        EXPECT_THAT(boost::json::serialize(vendor.requests()), Not(HasSubstr("sk-ant-ambient")));
        ::unsetenv("ANTHROPIC_API_KEY");
    }
}

TEST(Clouds, what_is_nowhere_is_an_auth_error_that_says_where_it_was_looked_for) {
    for (const Way way : {Way::bedrock, Way::vertex}) {
        CloudVendor vendor(way);
        EngineConfig config = vendor.config();
        ProviderConfig& provider = config.providers[0].second;
        provider.api_key = {};
        provider.aws_access_key_id.clear();
        provider.aws_secret_access_key = {};
        Engine engine(config);
        Session session = vendor.session(engine);
        const std::string words = words_of<ProviderAuthError>([&] { session.run("hi"); });
        EXPECT_THAT(words, HasSubstr(way == Way::bedrock ? "AWS_ACCESS_KEY_ID" : "GOOGLE_APPLICATION_CREDENTIALS"));
        EXPECT_THAT(vendor.requests(), IsEmpty());
    }
}

}  // namespace
}  // namespace cortex
