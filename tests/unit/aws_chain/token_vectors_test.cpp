// Published cases on `aws login` and on SSO tokens: what the cache holds before and after, and what is sent.

#include "auth/aws/sso_token.hpp"
#include "core/date_time.hpp"
#include "machine.hpp"
#include "vectors.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cortex::auth::aws {
namespace {

using boost::json::value;
using test::member;
using test::text_in;

constexpr std::string_view sso_cases = "aws-config/sso-token-provider-cases.json";
constexpr std::string_view login_folder = "/home/u/.aws/login/cache/";

void run_login_case(const value& one) {
    test::FakeWorld machine = test::bare_machine();
    machine.clock.wall_now = *parse_iso8601("2025-11-19T00:00:00Z");
    machine.environment["AWS_PROFILE"] = "signin";
    machine.files["/home/u/.aws/config"] = text_in(one, "configContents");
    for (const auto& file : one.at("cacheContents").as_object())
        machine.files[std::string(login_folder) + std::string(file.key())] = boost::json::serialize(file.value());
    const value* calls = member(one, "mockApiCalls");
    std::size_t next = 0;
    machine.on_request = [&](const HttpRequest& request) -> Result<HttpAnswer> {
        if (calls == nullptr || next == calls->as_array().size()) return test::text_answer(500, "more requests than the case has");
        const value& call = calls->as_array()[next++];
        EXPECT_EQ(request.url, "https://us-east-1.signin.aws.amazon.com/v1/token");
        EXPECT_EQ(boost::json::parse(*request.body), call.at("request").at("tokenInput"));
        EXPECT_FALSE(test::header_of(request, "dpop").empty());
        EXPECT_TRUE(test::header_of(request, "authorization").empty());
        if (const value* status = member(call, "responseCode")) return test::json_answer(static_cast<int>(status->as_int64()), R"({"error":"TOKEN_EXPIRED"})");
        return test::json_answer(200, boost::json::serialize(call.at("response").at("tokenOutput")));
    };
    const test::Fetched fetched = test::fetch(machine);
    EXPECT_EQ(next, calls == nullptr ? 0 : calls->as_array().size());
    for (const value& outcome : one.at("outcomes").as_array()) {
        const std::string result = text_in(outcome, "result");
        if (result == "error") {
            ASSERT_FALSE(fetched);
            EXPECT_EQ(fetched.error().code, ErrorCode::auth);
            EXPECT_NE(fetched.error().message.find("`aws login --profile signin`"), std::string::npos) << fetched.error().message;
        } else if (result == "credentials") {
            ASSERT_TRUE(fetched) << fetched.error().message;
            ASSERT_TRUE(*fetched);
            const Credential& keys = **fetched;
            EXPECT_EQ(keys.access_key_id, text_in(outcome, "accessKeyId"));
            EXPECT_EQ(test::secret_of(keys), text_in(outcome, "secretAccessKey"));
            EXPECT_EQ(test::token_of(keys), text_in(outcome, "sessionToken"));
            EXPECT_EQ(keys.account_id, text_in(outcome, "accountId"));
            ASSERT_TRUE(keys.expires_at);
            EXPECT_EQ(keys.expires_at, parse_iso8601(text_in(outcome, "expiresAt")));
        } else if (result == "cacheContents") {
            for (const auto& file : outcome.as_object()) {
                if (file.key() == "result") continue;
                const auto written = machine.written.find(std::string(login_folder) + std::string(file.key()));
                ASSERT_NE(written, machine.written.end());
                EXPECT_EQ(boost::json::parse(written->second), file.value());
            }
        } else {
            ADD_FAILURE() << "unknown outcome " << result;
        }
    }
}

void run_login_cases(std::string_view file) {
    const auto paths = test::published_cases(file);
    CORTEX_NEED_CASES(paths, file);
    for (const auto& path : paths) {
        test::Tally tally{path.string()};
        const value cases = test::read_json(path);
        for (const value& one : cases.as_array()) {
            SCOPED_TRACE(text_in(one, "documentation"));
            ++tally.run;
            run_login_case(one);
        }
        EXPECT_GT(tally.run, 0);
    }
}

TEST(AwsTokenVectors, LoginSessionsWithSec1Keys) { run_login_cases("aws-config/login-provider-test-cases.smithy-rs.json"); }
TEST(AwsTokenVectors, LoginSessionsWithPkcs8Keys) { run_login_cases("aws-config/login-provider-test-cases.botocore.json"); }

Sections sections(const value* object) {
    Sections out;
    if (object == nullptr) return out;
    for (const auto& section : object->as_object())
        for (const auto& entry : section.value().as_object()) out[std::string(section.key())].set(std::string(entry.key()), entry.value().as_string().c_str());
    return out;
}

Profiles profiles_of(const value& config) {
    Profiles out;
    out.paths = {.config = "/config", .credentials = "/credentials"};
    out.profiles = sections(member(config, "profiles"));
    out.sso_sessions = sections(member(config, "sso_sessions"));
    return out;
}

void run_portals(const std::filesystem::path& path) {
    test::Tally tally{path.string() + " (resolution)"};
    const value file = test::read_json(path);
    for (const value& one : file.at("sso_provider_resolution_cases").as_array()) {
        SCOPED_TRACE(text_in(one, "documentation"));
        const Result<std::optional<SsoToken>> token = sso_token_settings(profiles_of(one.at("config")), "test");
        ++tally.run;
        if (member(one, "expectedException") != nullptr) {
            EXPECT_FALSE(token);
        } else {
            ASSERT_TRUE(token) << token.error().message;
            EXPECT_EQ(token->has_value(), one.at("resolves").as_bool());
        }
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsTokenVectors, SsoPortalsOfProfiles) {
    const auto paths = test::published_cases(sso_cases);
    CORTEX_NEED_CASES(paths, sso_cases);
    for (const auto& path : paths) run_portals(path);
}

void run_renewals(const std::filesystem::path& path) {
    test::Tally tally{path.string() + " (renewal)"};
    const value file = test::read_json(path);
    const Result<std::optional<SsoToken>> settings = sso_token_settings(profiles_of(file.at("refresh_cases_config")), "test");
    ASSERT_TRUE(settings && *settings);
    const std::string cache = "/home/u/.aws/sso/cache/" + text_in(file, "refresh_cases_cache_key") + ".json";
    for (const value& one : file.at("sso_provider_refresh_cases").as_array()) {
        SCOPED_TRACE(text_in(one, "documentation"));
        test::FakeWorld machine = test::bare_machine();
        machine.clock.wall_now = *parse_iso8601(text_in(one, "currentTime"));
        machine.files[cache] = boost::json::serialize(one.at("cachedToken"));
        machine.on_request = [&](const HttpRequest& request) -> Result<HttpAnswer> {
            EXPECT_EQ(request.url, "https://oidc.us-west-2.amazonaws.com/token");
            if (const value* answer = member(one, "refreshResponse")) return test::json_answer(200, boost::json::serialize(*answer));
            return test::json_answer(400, R"({"error":"invalid_grant"})");
        };
        ChainOptions options = test::chain_options();
        options.clock = std::make_shared<ClockOffset>();
        World world = machine.world();
        std::vector<std::string> notes;
        Asking asking{.world = world, .options = options, .notes = notes};
        const Result<SsoAccess> access = sso_access(asking, **settings, "test");
        ++tally.run;
        if (const value* written = member(one, "expectedTokenWriteback")) {
            ASSERT_TRUE(machine.written.contains(cache));
            value kept = *written;
            // botocore forgets the refresh token where no new one came; smithy-rs keeps it, and so does corteX (RFC 6749, section 6).
            if (member(one.at("refreshResponse"), "refreshToken") == nullptr) kept.as_object()["refreshToken"] = one.at("cachedToken").at("refreshToken");
            EXPECT_EQ(boost::json::parse(machine.written[cache]), kept);
        }
        if (const value* wanted = member(one, "expectedToken")) {
            ASSERT_TRUE(access) << access.error().message;
            EXPECT_EQ(SecretAccess::text(access->token), text_in(*wanted, "token"));
            EXPECT_EQ(access->expires_at, *parse_iso8601(text_in(*wanted, "expiration")));
        } else {
            ASSERT_FALSE(access);
            EXPECT_NE(access.error().message.find("`aws sso login --profile test`"), std::string::npos) << access.error().message;
        }
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsTokenVectors, SsoTokensAreRenewed) {
    const auto paths = test::published_cases(sso_cases);
    CORTEX_NEED_CASES(paths, sso_cases);
    for (const auto& path : paths) run_renewals(path);
}

}  // namespace
}  // namespace cortex::auth::aws
