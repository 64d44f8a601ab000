#include "channels/gemini_api.hpp"
#include "channels/gemini_vertex.hpp"
#include "dialects/gemini/contents.hpp"
#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cortex::channels {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::shared_ptr<const GeminiApi> api(std::string base_url = {}, std::string version = {}) {
    return *GeminiApi::create({.base_url = std::move(base_url), .api_version = std::move(version)});
}

std::shared_ptr<const GeminiVertex> vertex(std::string location = {}, std::string base_url = {}) {
    return *GeminiVertex::create({.project = "my-project", .location = std::move(location), .base_url = std::move(base_url)});
}

ModelCall asks(std::string model, bool stream = false) { return call_of(stream, {.id = model}, model); }

HttpHead head(int status) { return {.status = status, .headers = {}, .received_at = {}}; }

TEST(GeminiApi, addresses_the_model_and_selects_the_method_by_streaming) {
    const HttpRequest whole = api()->address(asks("gemini-3.8-flash"), body());
    EXPECT_EQ(whole.url, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:generateContent");
    EXPECT_EQ(value(whole, "content-type"), "application/json");
    EXPECT_EQ(value(whole, "accept"), "application/json");
    EXPECT_FALSE(whole.streaming);
    const HttpRequest streamed = api()->address(asks("gemini-3.8-flash", true), body());
    EXPECT_EQ(streamed.url, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    EXPECT_EQ(value(streamed, "accept"), "text/event-stream");
    EXPECT_TRUE(streamed.streaming);
    EXPECT_EQ(api()->framing(asks("m", true)), Framing::sse);
    EXPECT_EQ(api()->framing(asks("m")), Framing::json);
}

TEST(GeminiApi, ids_come_with_or_without_their_collection_and_cannot_leave_their_place) {
    EXPECT_EQ(api()->place("models/gemini-3.8-flash", {})->wire_model, "gemini-3.8-flash");
    EXPECT_EQ(api()->place("gemini-3.8-flash", {})->wire_model, "gemini-3.8-flash");
    EXPECT_THAT(api()->address(asks("tunedModels/mine-1"), body()).url, EndsWith("/v1beta/tunedModels/mine-1:generateContent"));
    EXPECT_THAT(api()->address(asks("../x?key=1#y"), body()).url, EndsWith("/v1beta/models/..%2Fx%3Fkey%3D1%23y:generateContent"));
}

TEST(GeminiApi, the_version_is_an_option_and_one_in_the_base_url_is_understood) {
    EXPECT_THAT(api({}, "v1")->address(asks("m"), body()).url, HasSubstr("googleapis.com/v1/models/m"));
    EXPECT_EQ(api("http://127.0.0.1:9/gemini/")->address(asks("m"), body()).url, "http://127.0.0.1:9/gemini/v1beta/models/m:generateContent");
    EXPECT_EQ(api("http://127.0.0.1:9/v1")->address(asks("m"), body()).url, "http://127.0.0.1:9/v1/models/m:generateContent");
    EXPECT_EQ(api("http://127.0.0.1:9/v1beta", "v1")->address(asks("m"), body()).url, "http://127.0.0.1:9/v1/models/m:generateContent");
    const auto bad = GeminiApi::create({.api_version = "v1/../x"});
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().message, HasSubstr("api_version"));
    const auto url = GeminiApi::create({.base_url = "ftp://x", .base_url_field = "GOOGLE_GEMINI_BASE_URL"});
    ASSERT_FALSE(url);
    EXPECT_THAT(url.error().message, HasSubstr("GOOGLE_GEMINI_BASE_URL"));
}

TEST(GeminiApi, the_key_is_a_header_and_no_part_of_the_url_and_nothing_goes_beside_it) {
    HttpRequest request = api()->address(asks("m", true), body());
    api()->authorize(request, {.kind = Credential::Kind::api_key, .secret = Secret("AQ.secret")}, {});
    EXPECT_EQ(value(request, "x-goog-api-key"), "AQ.secret");
    EXPECT_EQ(value(request, "authorization"), "");
    EXPECT_THAT(request.url, Not(HasSubstr("secret")));
    HttpRequest bearer = api()->address(asks("m"), body());
    api()->authorize(bearer, {.kind = Credential::Kind::bearer, .secret = Secret("ya29.x")}, {});
    EXPECT_EQ(value(bearer, "authorization"), "Bearer ya29.x");
    EXPECT_EQ(value(bearer, "x-goog-api-key"), "");
}

TEST(GeminiApi, a_refused_key_is_final_and_the_probe_lists_one_model) {
    EXPECT_EQ(api()->cure(head(401), "{}"), Cure::none);
    const HttpRequest probe = api()->probe();
    EXPECT_EQ(probe.method, HttpMethod::get);
    EXPECT_EQ(probe.url, "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1");
    EXPECT_EQ(probe.body, nullptr);
    EXPECT_TRUE(api()->accepted(200));
    EXPECT_FALSE(api()->accepted(400)) << "what a bad key gets";
}

TEST(GeminiVertex, every_kind_of_location_has_its_host) {
    for (const auto& [location, url] : std::map<std::string, std::string>{{"", "https://us-central1-aiplatform.googleapis.com/v1"},
                                                                          {"europe-west4", "https://europe-west4-aiplatform.googleapis.com/v1"},
                                                                          {"global", "https://aiplatform.googleapis.com/v1"},
                                                                          {"us", "https://aiplatform.us.rep.googleapis.com/v1"},
                                                                          {"eu", "https://aiplatform.eu.rep.googleapis.com/v1"}})
        EXPECT_EQ(vertex(location)->base_url(), url);
    const auto other = *GeminiVertex::create({.project = "p", .location = "u-1", .universe_domain = "example.test"});
    EXPECT_EQ(other->base_url(), "https://u-1-aiplatform.example.test/v1");
}

TEST(GeminiVertex, addresses_project_location_and_model_and_selects_the_method_by_streaming) {
    EXPECT_EQ(vertex()->address(asks("gemini-3.8-flash"), body()).url,
              "https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1/publishers/google/models/gemini-3.8-flash:generateContent");
    const HttpRequest streamed = vertex("global")->address(asks("gemini-3.8-flash", true), body());
    EXPECT_EQ(streamed.url,
              "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/google/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    EXPECT_TRUE(streamed.streaming);
    EXPECT_EQ(value(streamed, "accept"), "text/event-stream");
    for (const std::string base : {"http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1", "http://127.0.0.1:9", "http://127.0.0.1:9/"})
        EXPECT_EQ(vertex({}, base)->address(asks("m"), body()).url,
                  "http://127.0.0.1:9/v1/projects/my-project/locations/us-central1/publishers/google/models/m:generateContent")
            << base;
}

TEST(GeminiVertex, ids_are_taken_in_every_form_that_google_writes) {
    for (const std::string id : {"gemini-3.8-flash", "models/gemini-3.8-flash", "google/gemini-3.8-flash", "publishers/google/models/gemini-3.8-flash"})
        EXPECT_EQ(vertex()->place(id, {})->wire_model, "gemini-3.8-flash") << id;
    EXPECT_THAT(vertex()->address(asks("a/b?c"), body()).url, EndsWith("/models/a%2Fb%3Fc:generateContent"));
    EXPECT_EQ(vertex("global")->address(asks("projects/p/locations/global/endpoints/42"), body()).url,
              "https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/42:generateContent");
}

TEST(GeminiVertex, the_catalogues_dates_are_not_vertex_ais) {
    ModelInfo model{.id = "gemini-2.5-pro"};
    model.lifecycle = Lifecycle::deprecated;
    model.retires_at = "2026-12-01";
    const Placement placement = *vertex()->place("gemini-2.5-pro", model);
    EXPECT_EQ(placement.model.retires_at, "");
    EXPECT_EQ(placement.model.lifecycle, Lifecycle::active);
    EXPECT_THAT(placement.notices, IsEmpty());
}

TEST(GeminiVertex, an_answer_to_be_continued_is_asked_for_where_the_token_is_known) {
    ModelCall call = asks("gemini-4-carbon", true);
    Message paused{.role = Role::assistant, .content = {dialects::gemini::continuation_block("\"t\"")}, .origin = {.provider = call.provider, .model = call.wire_model, .account = {}}};
    call.messages.push_back(std::make_shared<const Message>(std::move(paused)));
    EXPECT_THAT(vertex("global")->address(call, body()).url, testing::StartsWith("https://aiplatform.googleapis.com/v1beta1/projects/"));
    EXPECT_THAT(vertex("global", "http://127.0.0.1:9/v1")->address(call, body()).url, testing::StartsWith("http://127.0.0.1:9/v1/projects/"));
}

TEST(GeminiVertex, sends_the_token_and_the_project_that_pays) {
    const auto own = *GeminiVertex::create({.project = "p", .quota_project = "mine"});
    HttpRequest request = own->address(asks("m"), body());
    own->authorize(request, {.kind = Credential::Kind::bearer, .secret = Secret("ya29.x")}, {});
    EXPECT_EQ(value(request, "authorization"), "Bearer ya29.x");
    EXPECT_EQ(value(request, "x-goog-user-project"), "mine");
    request = own->address(asks("m"), body());
    own->authorize(request, {.kind = Credential::Kind::bearer, .secret = Secret("ya29.x"), .quota_project = "payer"}, {});
    EXPECT_EQ(value(request, "x-goog-user-project"), "payer");
    request = vertex()->address(asks("m"), body());
    vertex()->authorize(request, {.kind = Credential::Kind::bearer, .secret = Secret("ya29.x")}, {});
    EXPECT_EQ(value(request, "x-goog-user-project"), "");
}

TEST(GeminiVertex, an_expired_token_is_cured_by_a_fresh_one) {
    EXPECT_EQ(vertex()->cure(head(401), "{}"), Cure::fresh_credential);
    EXPECT_EQ(vertex()->cure(head(403), "{}"), Cure::none);
}

TEST(GeminiVertex, the_probe_counts_the_tokens_of_one_word) {
    const HttpRequest probe = vertex("global")->probe();
    EXPECT_THAT(probe.url, EndsWith(":countTokens"));
    EXPECT_EQ(*probe.body, R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})");
    for (const int status : {200, 400, 404, 429}) EXPECT_TRUE(vertex()->accepted(status)) << status;
    for (const int status : {401, 403, 500}) EXPECT_FALSE(vertex()->accepted(status)) << status;
}

TEST(GeminiVertex, refuses_projects_and_locations_that_no_url_can_hold) {
    for (const std::string bad : {"", "a b", "a/b", "../x", "Ünder"}) {
        const auto channel = GeminiVertex::create({.project = bad});
        ASSERT_FALSE(channel) << bad;
        EXPECT_THAT(channel.error().message, HasSubstr("project"));
        EXPECT_EQ(channel.error().code, ErrorCode::config);
    }
    EXPECT_TRUE(GeminiVertex::create({.project = "example.com:my-project"}));
    for (const std::string bad : {"us central1", "evil.test/", "a.b"}) {
        const auto channel = GeminiVertex::create({.project = "p", .location = bad, .location_field = "GOOGLE_CLOUD_LOCATION"});
        ASSERT_FALSE(channel) << bad;
        EXPECT_THAT(channel.error().message, HasSubstr("GOOGLE_CLOUD_LOCATION"));
    }
}

}  // namespace
}  // namespace cortex::channels
