#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

std::string payload_of(const std::string& token) {
    const std::size_t dot = token.find('.');
    std::string text = token.substr(dot + 1, token.find('.', dot + 1) - dot - 1);
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        bits = (bits << 6U) | static_cast<unsigned>(alphabet.find(c));
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out.push_back(static_cast<char>((bits >> held) & 0xFFU));
    }
    return out;
}

TEST(ServiceAccount, its_key_is_exchanged_for_a_token) {
    GoogleWorld world;
    world.named(service_account_json());
    world.token();
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "token-of-google");
    const Credential& credential = **fetched;
    EXPECT_EQ(credential.kind, Credential::Kind::bearer);
    EXPECT_EQ(credential.source, "service account worker@demo-project.iam.gserviceaccount.com (/k.json, GOOGLE_APPLICATION_CREDENTIALS)");
    EXPECT_EQ(credential.project, "demo-project");
    EXPECT_EQ(credential.quota_project, "");
    EXPECT_EQ(credential.universe_domain, "googleapis.com");
    EXPECT_EQ(*credential.expires_at, world.clock.wall_now + seconds(3599));

    ASSERT_EQ(world.requests.size(), 1U);
    EXPECT_EQ(world.requests[0].url, "https://oauth2.googleapis.com/token");
    EXPECT_EQ(world.header(0, "content-type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(world.field(0, "grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    EXPECT_EQ(world.field(0, "assertion"), signed_assertion);
    EXPECT_EQ(world.header(0, "x-goog-user-project"), "(no header)");
}

TEST(ServiceAccount, claims_googles_audience_for_googles_hosts_and_their_own_for_others) {
    for (const auto& [uri, audience] : std::vector<std::pair<std::string, std::string>>{
             {"https://accounts.google.com/o/oauth2/token", "https://oauth2.googleapis.com/token"},
             {"http://127.0.0.1:8081/token", "http://127.0.0.1:8081/token"},
             {"https://tokens.example.org/t", "https://tokens.example.org/t"}}) {
        GoogleWorld world;
        world.named(service_account_json(pkcs8_key, uri));
        world.token();
        ASSERT_EQ(token_text(world.fetch()), "token-of-google");
        EXPECT_EQ(world.requests[0].url, uri);
        EXPECT_THAT(payload_of(world.field(0, "assertion")), HasSubstr("\"aud\": \"" + audience + "\""));
    }
}

TEST(ServiceAccount, expiry_counts_from_before_the_request_and_may_be_written_as_text) {
    GoogleWorld world;
    world.named(service_account_json());
    const WallTime before = world.clock.wall_now;
    world.on_request = [&](const HttpRequest&) -> Result<HttpAnswer> {
        world.clock.advance(seconds(40));
        return json_answer(200, R"({"access_token":"t","expires_in":"1800"})");
    };
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "t");
    EXPECT_EQ(*(*fetched)->expires_at, before + seconds(1800));
}

TEST(ServiceAccount, a_lifetime_beyond_reason_neither_overflows_nor_fails) {
    for (const std::string lifetime : {"9223372036854775807", "-5", "\"soon\"", "1e300"}) {
        GoogleWorld world;
        world.named(service_account_json());
        world.answer(200, R"({"access_token":"t","expires_in":)" + lifetime + "}");
        const auto fetched = world.fetch();
        ASSERT_EQ(token_text(fetched), "t");
        if ((*fetched)->expires_at) {
            EXPECT_GE(*(*fetched)->expires_at, world.clock.wall_now);
        }
    }
}

TEST(ServiceAccount, signs_its_token_itself_where_the_options_say_so) {
    GoogleWorld world;
    world.named(service_account_json());
    world.options.self_signed_jwt = true;
    const auto fetched = world.fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_TRUE(world.requests.empty());
    EXPECT_EQ(payload_of(token_text(fetched)),
              R"({"iss": "worker@demo-project.iam.gserviceaccount.com", "sub": "worker@demo-project.iam.gserviceaccount.com", "iat": 1700000000, )"
              R"("exp": 1700003600, "scope": "https://www.googleapis.com/auth/cloud-platform"})");
    EXPECT_EQ(*(*fetched)->expires_at, world.clock.wall_now + seconds(3600));
}

TEST(ServiceAccount, without_a_scope_its_own_token_is_meant_for_the_service) {
    GoogleWorld world;
    world.named(service_account_json());
    world.options.self_signed_jwt = true;
    world.options.scope = "";
    const std::string payload = payload_of(token_text(world.fetch()));
    EXPECT_THAT(payload, HasSubstr(R"("aud": "https://aiplatform.googleapis.com/")"));
    EXPECT_THAT(payload, Not(HasSubstr("scope")));
}

TEST(ServiceAccount, of_another_universe_signs_itself_and_must_be_asked_for) {
    const std::string file = service_account_json(pkcs8_key, "https://oauth2.googleapis.com/token", R"(,"universe_domain":"example.cloud")");
    GoogleWorld world;
    world.named(file);
    world.options.universe_domain = "example.cloud";
    const auto fetched = world.fetch();
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_TRUE(world.requests.empty());
    EXPECT_EQ((*fetched)->universe_domain, "example.cloud");

    GoogleWorld other;
    other.named(file);
    const auto refused = other.fetch();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::config);
    EXPECT_EQ(refused.error().message,
              "vertex: The credentials in /k.json belong to the universe example.cloud, but the provider is set to googleapis.com. Use credentials of "
              "that universe, or set GOOGLE_CLOUD_UNIVERSE_DOMAIN.");
}

}  // namespace
}  // namespace cortex::test
