#include "channels/vertex.hpp"
#include "core/catalog.hpp"
#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cortex::channels {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}

std::shared_ptr<const Vertex> channel(std::string location = {}, std::string base_url = {}) {
    return *Vertex::create({.project = "my-project", .location = std::move(location), .base_url = std::move(base_url)});
}

Placement placed(std::string_view id, std::string location = {}) { return *channel(std::move(location))->place(id, catalog().describe(id, "anthropic")); }

HttpHead head(int status, std::vector<HttpHeader> headers = {}) { return {.status = status, .headers = std::move(headers), .received_at = {}}; }

TEST(Vertex, every_kind_of_location_has_its_host) {
    for (const auto& [location, url] : std::map<std::string, std::string>{{"", "https://us-east5-aiplatform.googleapis.com/v1"},
                                                                          {"us-east5", "https://us-east5-aiplatform.googleapis.com/v1"},
                                                                          {"europe-west1", "https://europe-west1-aiplatform.googleapis.com/v1"},
                                                                          {"global", "https://aiplatform.googleapis.com/v1"},
                                                                          {"us", "https://aiplatform.us.rep.googleapis.com/v1"},
                                                                          {"eu", "https://aiplatform.eu.rep.googleapis.com/v1"}})
        EXPECT_EQ(channel(location)->base_url(), url);
}

TEST(Vertex, addresses_project_location_and_model_and_selects_the_verb_by_streaming) {
    const auto vertex = channel("global");
    EXPECT_EQ(vertex->address(call_of(false, {.id = "m"}, "claude-sonnet-4-5@20250929"), body()).url,
              "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict");
    const HttpRequest streamed = vertex->address(call_of(true, {.id = "m"}, "a;b/c"), body());
    EXPECT_THAT(streamed.url, testing::EndsWith("/models/a%3Bb%2Fc:streamRawPredict"));
    EXPECT_TRUE(streamed.streaming);
    EXPECT_EQ(value(streamed, "anthropic-version"), "") << "it is in the body";
    EXPECT_THAT(vertex->address_count(body()).url, testing::EndsWith("/models/count-tokens:rawPredict"));
    EXPECT_EQ(channel({}, "http://127.0.0.1:9/v1/")->address(call_of(false), body()).url,
              "http://127.0.0.1:9/v1/projects/my-project/locations/us-east5/publishers/anthropic/models/m:rawPredict");
}

TEST(Vertex, the_body_holds_version_and_stream_but_no_model_and_betas_are_a_header) {
    ModelCall call = thinking_with_tools();
    call.stream = true;
    const std::string text = *channel()->dialect_for(*call.model).encode(call);
    EXPECT_THAT(text, testing::StartsWith(R"({"anthropic_version":"vertex-2023-10-16","tools")"));
    EXPECT_THAT(text, testing::AllOf(Not(HasSubstr("\"model\"")), Not(HasSubstr("anthropic_beta")), HasSubstr("\"stream\":true")));
    EXPECT_EQ(value(channel()->address(call, body()), "anthropic-beta"), "interleaved-thinking-2025-05-14");
}

TEST(Vertex, plain_ids_become_vertex_ids_and_all_others_stay) {
    EXPECT_EQ(placed("claude-sonnet-4-5").wire_model, "claude-sonnet-4-5@20250929");
    EXPECT_EQ(placed("claude-opus-4-6").wire_model, "claude-opus-4-6");
    for (const std::string id : {"claude-sonnet-4-5@20250514", "claude-future-9", "claude-sonnet-4-5@20250929"}) EXPECT_EQ(placed(id).wire_model, id);
}

TEST(Vertex, a_location_that_does_not_serve_the_model_is_kept_and_warned_of) {
    EXPECT_THAT(placed("claude-opus-5").notices, ElementsAre(testing::AllOf(HasSubstr("us-east5"), HasSubstr("global"))));
    EXPECT_THAT(placed("claude-opus-5", "global").notices, IsEmpty());
    EXPECT_THAT(placed("claude-opus-5", "eu").notices, IsEmpty());
    EXPECT_THAT(placed("claude-sonnet-4-5").notices, IsEmpty());
    EXPECT_THAT(placed("claude-sonnet-4-5@20250514").notices, IsEmpty()) << "nobody knows";
}

TEST(Vertex, places_other_than_global_cost_a_tenth_more) {
    EXPECT_EQ(placed("claude-sonnet-4-6", "global").model.prices.base.input, 3'000'000);
    EXPECT_EQ(placed("claude-sonnet-4-6", "us-east5").model.prices.base.input, 3'300'000);
}

TEST(Vertex, sends_the_token_and_the_project_that_pays) {
    HttpRequest request = channel()->address(call_of(false), body());
    const Credential credential{.kind = Credential::Kind::bearer, .secret = Secret("ya29.x"), .quota_project = "payer"};
    channel()->authorize(request, credential, {});
    EXPECT_EQ(value(request, "authorization"), "Bearer ya29.x");
    EXPECT_EQ(value(request, "x-goog-user-project"), "payer");
    const auto own = *Vertex::create({.project = "p", .quota_project = "mine"});
    request = own->address(call_of(false), body());
    own->authorize(request, credential, {});
    EXPECT_EQ(value(request, "x-goog-user-project"), "mine");
}

TEST(Vertex, refuses_projects_and_locations_that_no_url_can_hold) {
    for (const std::string bad : {"", "a b", "Ünder", "a/b", "../x"}) EXPECT_FALSE(Vertex::create({.project = bad})) << bad;
    EXPECT_TRUE(Vertex::create({.project = "example.com:my-project"}));
    const auto location = Vertex::create({.project = "p", .location = "us east5"});
    ASSERT_FALSE(location);
    EXPECT_THAT(location.error().message, HasSubstr("location"));
}

TEST(Vertex, errors_come_in_three_shapes) {
    const auto classify = [](int status, const std::string& text) { return channel()->classify(call_of(false), head(status, {{"content-type", "application/json"}}), text); };
    const ErrorInfo own = classify(400, R"({"type":"error","error":{"type":"invalid_request_error","message":"bad"},"request_id":"req_vrtx_1"})");
    EXPECT_EQ(own.code, ErrorCode::invalid_request);
    EXPECT_EQ(own.request_id, "req_vrtx_1");
    const std::string google = R"({"error":{"code":404,"message":"Publisher model was not found","status":"NOT_FOUND"}})";
    for (const std::string& text : {google, "[" + google + "]", " [\n" + google + "\n]\n"}) {
        EXPECT_EQ(classify(404, text).code, ErrorCode::model_not_found);
        EXPECT_THAT(classify(404, text).message, HasSubstr("Publisher model was not found"));
    }
    const ErrorInfo inside = classify(400, R"({"error":{"code":400,"message":"{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 9 > 8\"}}","status":"INVALID_ARGUMENT"}})");
    EXPECT_EQ(inside.code, ErrorCode::context_length);
    EXPECT_EQ(classify(401, R"({"error":{"code":401,"message":"expired","status":"UNAUTHENTICATED"}})").code, ErrorCode::auth);
    EXPECT_EQ(classify(403, R"({"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}})").code, ErrorCode::auth);
    EXPECT_EQ(classify(503, "<html><title>Oops</title></html>").code, ErrorCode::unavailable);
}

TEST(Vertex, the_pause_that_google_names_is_obeyed_and_a_days_quota_is_not_waited_for) {
    const auto classify = [](const std::string& details) {
        return channel()->classify(call_of(false), head(429), R"({"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[)" + details + "]}}");
    };
    const ErrorInfo soon = classify(R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"})");
    EXPECT_EQ(soon.retry_after, 1500ms);
    EXPECT_TRUE(soon.retryable);
    EXPECT_FALSE(classify(R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"RequestsPerDay"}]})").retryable);
    for (const std::string wrong : {"soon", "-1s", "1e400s", "nans", "5"})
        EXPECT_FALSE(classify(R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" + wrong + "\"}").retry_after) << wrong;
}

TEST(Vertex, only_a_401_is_worth_another_token) {
    EXPECT_EQ(channel()->cure(head(401), "{}"), Cure::fresh_credential);
    EXPECT_EQ(channel()->cure(head(403), "{}"), Cure::none);
}

}  // namespace
}  // namespace cortex::channels
