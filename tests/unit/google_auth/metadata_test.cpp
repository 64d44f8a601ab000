#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* token_json = R"({"access_token":"machine-token","expires_in":"3000","token_type":"Bearer"})";

/// A server that answers by path.
class MetadataWorld : public GoogleWorld {
public:
    std::map<std::string, HttpAnswer> paths = {};

    MetadataWorld() {
        put("/", 200, "computeMetadata/");
        put("/computeMetadata/v1/instance/service-accounts/default/token", 200, token_json);
        put("/computeMetadata/v1/instance/service-accounts/default/", 200, R"({"email":"vm@p.iam.gserviceaccount.com","scopes":[]})");
        put("/computeMetadata/v1/project/project-id", 200, "metal-project\n");
        put("/computeMetadata/v1/universe/universe-domain", 404, "");
        on_request = [this](const HttpRequest& request) -> Result<HttpAnswer> {
            const std::size_t start = request.url.find('/', 7);
            const auto found = paths.find(request.url.substr(start, request.url.find('?') - start));
            if (found == paths.end()) return ErrorInfo{.code = ErrorCode::timeout, .message = "No answer.", .retryable = true};
            return found->second;
        };
    }
    void put(const std::string& path, int status, std::string body, std::string flavor = "Google") {
        paths[path] = {.head = {.status = status, .headers = {{"Metadata-Flavor", std::move(flavor)}}, .received_at = {}}, .body = std::move(body)};
    }
};

TEST(Metadata, gives_the_token_of_the_machines_account) {
    MetadataWorld world;
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "machine-token");
    EXPECT_EQ((*fetched)->source, "metadata server (vm@p.iam.gserviceaccount.com)");
    EXPECT_EQ((*fetched)->project, "metal-project");
    EXPECT_EQ((*fetched)->universe_domain, "googleapis.com");
    EXPECT_EQ(*(*fetched)->expires_at, world.clock.wall_now + seconds(3000));
    ASSERT_GE(world.requests.size(), 2U);
    EXPECT_EQ(world.requests[0].url, "http://169.254.169.254/");
    EXPECT_EQ(world.requests[1].url,
              "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token?scopes="
              "https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform");
    for (const HttpRequest& request : world.requests) {
        EXPECT_EQ(request.method, HttpMethod::get);
        EXPECT_FALSE(request.use_proxy) << request.url;
        EXPECT_LE(request.deadlines.total, milliseconds(1'000)) << request.url;
        ASSERT_FALSE(request.headers.empty());
        EXPECT_EQ(request.headers[0].name, "metadata-flavor");
        EXPECT_EQ(request.headers[0].value, "Google");
    }
}

TEST(Metadata, is_asked_after_the_files_only) {
    MetadataWorld world;
    world.gcloud(user_json());
    world.on_request = [](const HttpRequest& request) -> Result<HttpAnswer> {
        EXPECT_THAT(request.url, HasSubstr("https://oauth2.googleapis.com"));
        return json_answer(200, R"({"access_token":"users","expires_in":1})");
    };
    EXPECT_EQ(token_text(world.fetch()), "users");
}

TEST(Metadata, that_hangs_is_given_up_within_a_second_and_a_half_and_not_asked_again_for_minutes) {
    GoogleWorld world;
    milliseconds waited{0};
    world.on_request = [&](const HttpRequest& request) -> Result<HttpAnswer> {
        waited += request.deadlines.total;
        world.clock.advance(request.deadlines.total);
        return ErrorInfo{.code = ErrorCode::timeout, .message = "No answer.", .retryable = true};
    };
    auth::google::Adc adc(world.options);
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    EXPECT_EQ(waited, milliseconds(1'500));
    EXPECT_EQ(world.requests.size(), 2U);
    EXPECT_TRUE(world.pauses.empty());
    world.clock.advance(std::chrono::minutes(2));
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    EXPECT_EQ(world.requests.size(), 2U);
    world.clock.advance(std::chrono::minutes(2));
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    EXPECT_EQ(world.requests.size(), 4U);
}

TEST(Metadata, a_first_packet_may_get_lost) {
    MetadataWorld world;
    auto answer = world.on_request;
    bool lost = false;
    world.on_request = [&](const HttpRequest& request) -> Result<HttpAnswer> {
        if (!std::exchange(lost, true)) return ErrorInfo{.code = ErrorCode::timeout, .message = "No answer.", .retryable = true};
        return answer(request);
    };
    EXPECT_EQ(token_text(world.fetch()), "machine-token");
}

TEST(Metadata, a_captive_portal_or_another_cloud_is_not_it) {
    for (const std::string flavor : {"", "Amazon", "google"}) {
        MetadataWorld world;
        world.put("/", 200, "<html>Welcome</html>", flavor);
        auth::google::Adc adc(world.options);
        EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
        EXPECT_EQ(world.requests.size(), 1U);
        EXPECT_EQ(adc.report(world.world()).considered.back(), "metadata server: what answers there is not Google's (no Metadata-Flavor header)");
    }
    MetadataWorld later;
    later.put("/computeMetadata/v1/instance/service-accounts/default/token", 200, token_json, "");
    EXPECT_EQ(token_text(later.fetch()), "nothing");
}

TEST(Metadata, named_by_a_variable_is_asked_without_a_search) {
    for (const std::string variable : {"GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP"}) {
        MetadataWorld world;
        world.paths.erase("/");
        world.environment[variable] = "127.0.0.1:8083";
        ASSERT_EQ(token_text(world.fetch()), "machine-token") << variable;
        for (const HttpRequest& request : world.requests) EXPECT_TRUE(request.url.starts_with("http://127.0.0.1:8083/computeMetadata/v1/")) << request.url;
    }
}

TEST(Metadata, named_by_a_variable_but_silent_counts_as_none_after_one_question) {
    GoogleWorld world;
    world.environment["GCE_METADATA_HOST"] = "127.0.0.1:1";
    auth::google::Adc adc(world.options);
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    EXPECT_EQ(world.requests.size(), 1U);
    EXPECT_EQ(adc.report(world.world()).considered.back(), "metadata server: 127.0.0.1:1, which GCE_METADATA_HOST names, did not answer");
}

TEST(Metadata, is_not_asked_where_no_gce_check_says_so) {
    MetadataWorld world;
    world.environment["NO_GCE_CHECK"] = "true";
    auth::google::Adc adc(world.options);
    EXPECT_EQ(token_text(world.fetch_with(adc)), "nothing");
    EXPECT_TRUE(world.requests.empty());
    EXPECT_EQ(adc.report(world.world()).considered.back(), "metadata server: not asked, as NO_GCE_CHECK says");
}

TEST(Metadata, a_machine_made_by_google_is_one_even_if_the_address_is_silent) {
    MetadataWorld world;
    world.paths.erase("/");
    world.files["/sys/class/dmi/id/product_name"] = "Google Compute Engine\n";
    EXPECT_EQ(token_text(world.fetch()), "machine-token");
}

TEST(Metadata, without_an_account_is_an_error_that_says_so) {
    MetadataWorld world;
    world.put("/computeMetadata/v1/instance/service-accounts/default/token", 404, "");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_THAT(fetched.error().message, HasSubstr("This machine has no service account"));
}

TEST(Metadata, that_is_broken_is_asked_three_times_and_then_unavailable) {
    MetadataWorld world;
    world.put("/computeMetadata/v1/instance/service-accounts/default/token", 503, "");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(fetched.error().retryable);
    EXPECT_EQ(world.requests.size(), 4U);
    EXPECT_EQ(world.pauses.size(), 2U);
}

TEST(Metadata, a_machine_of_another_universe_is_refused) {
    MetadataWorld world;
    world.put("/computeMetadata/v1/universe/universe-domain", 200, "example.cloud");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::config);
    EXPECT_EQ(fetched.error().message, "vertex: This machine belongs to the universe example.cloud, but the provider is set to googleapis.com. Set GOOGLE_CLOUD_UNIVERSE_DOMAIN.");
    world.options.universe_domain = "example.cloud";
    EXPECT_EQ(token_text(world.fetch()), "machine-token");
}

TEST(Metadata, is_not_searched_again_once_it_has_answered) {
    MetadataWorld world;
    auth::google::Adc adc(world.options);
    ASSERT_EQ(token_text(world.fetch_with(adc)), "machine-token");
    const std::size_t first = world.requests.size();
    ASSERT_EQ(token_text(world.fetch_with(adc)), "machine-token");
    EXPECT_THAT(world.requests[first].url, HasSubstr("/token?scopes="));
}

TEST(Metadata, email_and_project_are_a_bonus) {
    MetadataWorld world;
    world.put("/computeMetadata/v1/instance/service-accounts/default/", 403, "");
    world.put("/computeMetadata/v1/project/project-id", 200, "no project\r\nx: y");
    world.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "payer";
    const auto fetched = world.fetch();
    ASSERT_EQ(token_text(fetched), "machine-token");
    EXPECT_EQ((*fetched)->source, "metadata server");
    EXPECT_EQ((*fetched)->project, "");
    EXPECT_EQ((*fetched)->quota_project, "payer");
}

}  // namespace
}  // namespace cortex::test
