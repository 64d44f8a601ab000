#include "channels/bedrock.hpp"
#include "channels/bedrock_names.hpp"
#include "core/catalog.hpp"
#include "core/secret_access.hpp"
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

Bedrock::Options options() {
    return {.region = "us-east-1",
            .region_source = "default",
            .base_url = "https://bedrock-runtime.us-east-1.amazonaws.com/",
            .base_url_field = "base_url",
            .messages_url = "https://bedrock-mantle.us-east-1.api.aws/anthropic",
            .messages_url_field = "mantle",
            .clock = std::make_shared<auth::aws::ClockOffset>()};
}
std::shared_ptr<const Bedrock> channel(Bedrock::Options with = options()) { return *Bedrock::create(std::move(with)); }

Placement placed(std::string_view id, std::string_view region = "us-east-1") {
    return *place_on_bedrock(id, catalog().describe(id, "anthropic"), region, "aws_region");
}

ModelCall call_to(std::string_view id, bool stream) {
    Placement at = placed(id);
    return call_of(stream, at.model, at.wire_model);
}

HttpHead head(int status, std::vector<HttpHeader> headers = {}, WallTime at = {}) { return {.status = status, .headers = std::move(headers), .received_at = at}; }

TEST(BedrockNames, a_plain_id_gets_the_profile_of_the_regions_geography) {
    for (const auto& [region, id] : std::map<std::string, std::string>{
             {"us-east-1", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},    {"us-west-2", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
             {"eu-central-1", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"}, {"ap-northeast-1", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0"},
             {"ap-southeast-2", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"}}) {
        EXPECT_EQ(placed("claude-sonnet-4-5", region).wire_model, id) << region;
        EXPECT_THAT(placed("claude-sonnet-4-5", region).notices, IsEmpty()) << region;
    }
    EXPECT_EQ(placed("claude-opus-5", "us-gov-west-1").wire_model, "us-gov.anthropic.claude-opus-5");
    EXPECT_EQ(placed("claude-opus-5", "ap-south-1").wire_model, "apac.anthropic.claude-opus-5");
    EXPECT_EQ(placed("claude-sonnet-4-5@20250929", "us-east-1").wire_model, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
}

TEST(BedrockNames, where_the_geography_has_no_profile_the_global_one_is_taken_and_said) {
    const Placement far = placed("claude-sonnet-4-5", "sa-east-1");
    EXPECT_EQ(far.wire_model, "global.anthropic.claude-sonnet-4-5-20250929-v1:0");
    EXPECT_THAT(far.notices, ElementsAre(HasSubstr("sa-east-1")));
    EXPECT_EQ(placed("claude-fable-5-2", "eu-west-1").wire_model, "anthropic.claude-fable-5-2") << "there is only a profile of another geography";
}

TEST(BedrockNames, bedrocks_own_ids_and_what_nobody_knows_stay_as_written) {
    for (const std::string id : {"anthropic.claude-sonnet-4-5-20250514-v1:0", "us.anthropic.claude-opus-4-6-v1", "global.anthropic.claude-haiku-5-5",
                                 "anthropic.claude-opus-4-8", "claude-future-9", "my-model",
                                 "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"})
        EXPECT_EQ(placed(id).wire_model, id);
}

TEST(BedrockNames, an_arn_of_another_region_or_service_is_refused_and_names_its_region) {
    const auto other = place_on_bedrock("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-4-6", {}, "us-east-1", "AWS_REGION");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::config);
    EXPECT_THAT(other.error().message, testing::AllOf(HasSubstr("eu-west-1"), HasSubstr("us-east-1"), HasSubstr("AWS_REGION"), HasSubstr("aws_region")));
    for (const std::string_view id : {"arn:aws:iam::1:role/x", "arn:aws:bedrock", "arn:aws:bedrock:us-east-1:1:"}) EXPECT_FALSE(place_on_bedrock(id, {}, "us-east-1", "x")) << id;
    EXPECT_TRUE(place_on_bedrock("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6", {}, "us-east-1", "x"));
}

TEST(BedrockNames, an_arn_that_names_a_known_model_has_its_abilities) {
    EXPECT_TRUE(placed("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5").model.known);
    EXPECT_TRUE(placed("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5").model.known);
}

TEST(BedrockNames, thinking_that_bedrock_refuses_is_not_offered) {
    EXPECT_FALSE(placed("claude-opus-4-8").model.thinking.takes_disabled);
    EXPECT_TRUE(placed("claude-opus-4-6").model.thinking.takes_disabled);
    EXPECT_TRUE(placed("claude-sonnet-4-5").model.thinking.takes_disabled);
}

TEST(BedrockNames, profiles_of_one_geography_cost_a_tenth_more_and_govcloud_a_fifth) {
    EXPECT_EQ(placed("global.anthropic.claude-sonnet-4-6").model.prices.base.input, 3'000'000);
    EXPECT_EQ(placed("us.anthropic.claude-sonnet-4-6").model.prices.base.input, 3'300'000);
    EXPECT_EQ(placed("us-gov.anthropic.claude-opus-5").model.prices.base.output, 30'000'000);
}

TEST(Bedrock, addresses_invoke_model_with_the_id_as_one_segment) {
    EXPECT_EQ(channel()->address(call_to("claude-sonnet-4-5", false), body()).url,
              "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke");
    const HttpRequest streamed = channel()->address(call_to("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", true), body());
    EXPECT_EQ(streamed.url, "https://bedrock-runtime.us-east-1.amazonaws.com/model/"
                            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2Fabc123/invoke-with-response-stream");
    EXPECT_TRUE(streamed.streaming);
    EXPECT_EQ(value(streamed, "anthropic-version"), "") << "it is in the body";
    EXPECT_EQ(channel()->framing(call_to("claude-sonnet-4-5", true)), Framing::aws_event_stream);
    EXPECT_EQ(channel()->framing(call_to("claude-sonnet-4-5", false)), Framing::json);
}

TEST(Bedrock, the_body_holds_the_version_and_the_betas_but_neither_model_nor_stream) {
    ModelCall call = thinking_with_tools();
    call.stream = true;
    auto with = options();
    with.betas = {"context-1m-2025-08-07"};
    const std::string text = *channel(with)->dialect_for(*call.model).encode(call);
    EXPECT_THAT(text, testing::StartsWith(R"({"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07","interleaved-thinking-2025-05-14"],"tools")"));
    EXPECT_THAT(text, Not(HasSubstr("\"model\"")));
    EXPECT_THAT(text, Not(HasSubstr("\"stream\"")));
    EXPECT_THAT(*channel()->dialect_for({}).encode(call_of(false)), Not(HasSubstr("anthropic_beta")));
}

TEST(Bedrock, a_model_without_an_invoke_id_is_asked_by_messages) {
    const ModelCall call = call_to("claude-mythos-preview", true);
    const HttpRequest request = channel()->address(call, body());
    EXPECT_EQ(request.url, "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages");
    EXPECT_EQ(value(request, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(channel()->framing(call), Framing::sse);
    EXPECT_THAT(*channel()->dialect_for(*call.model).encode(call), HasSubstr(R"("model":"anthropic.claude-mythos-preview")"));
    EXPECT_EQ(channel()->address(call_to("anthropic.claude-haiku-4-5", false), body()).url, request.url) << "an id that only this endpoint knows";
}

TEST(Bedrock, passes_guardrail_and_service_tier_on) {
    auto with = options();
    with.guardrail_id = "gr-1";
    with.guardrail_version = "DRAFT";
    with.service_tier = "flex";
    const HttpRequest request = channel(with)->address(call_to("claude-sonnet-4-6", false), body());
    EXPECT_EQ(value(request, "x-amzn-bedrock-guardrailidentifier"), "gr-1");
    EXPECT_EQ(value(request, "x-amzn-bedrock-guardrailversion"), "DRAFT");
    EXPECT_EQ(value(request, "x-amzn-bedrock-service-tier"), "flex");
    with.guardrail_id.clear();
    EXPECT_FALSE(Bedrock::create(with)) << "a version of nothing";
    with.guardrail_id = "a\r\nb";
    EXPECT_THAT(Bedrock::create(with).error().message, HasSubstr("guardrail_id"));
}

TEST(Bedrock, signs_with_keys_and_sends_a_bearer_key_as_it_is) {
    HttpRequest request = channel()->address(call_to("claude-sonnet-4-6", false), body());
    channel()->authorize(request, {.kind = Credential::Kind::bearer, .secret = Secret("bedrock-key")}, {});
    EXPECT_EQ(value(request, "authorization"), "Bearer bedrock-key");
    EXPECT_EQ(value(request, "x-amz-date"), "");

    const Credential keys{.kind = Credential::Kind::aws_keys, .secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), .access_key_id = "AKIDEXAMPLE", .session_token = Secret("token")};
    request = channel()->address(call_to("claude-sonnet-4-6", false), body());
    channel()->authorize(request, keys, WallTime(1'440'938'160s));
    EXPECT_THAT(value(request, "authorization"), HasSubstr("Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token"));
    request = channel()->address(call_to("claude-mythos-preview", false), body());
    channel()->authorize(request, keys, WallTime(1'440'938'160s));
    EXPECT_THAT(value(request, "authorization"), HasSubstr("/us-east-1/bedrock-mantle/aws4_request"));
}

TEST(Bedrock, a_wrong_clock_is_corrected_once_by_the_servers_date_and_signed_by_from_then_on) {
    const auto bedrock = channel();
    const WallTime own{1'440'938'160s};   // 2015-08-30T12:36:00Z
    const std::vector<HttpHeader> said{{"x-amzn-errortype", "InvalidSignatureException"}, {"date", "Sun, 30 Aug 2015 12:56:00 GMT"}};
    EXPECT_EQ(bedrock->cure(head(403, said, own), R"({"message":"Signature expired"})"), Cure::clock_corrected);
    EXPECT_THAT(bedrock->learned(), testing::AllOf(HasSubstr("20 minutes"), HasSubstr("behind")));
    EXPECT_EQ(bedrock->cure(head(403, said, own), "{}"), Cure::none) << "the clock was right now";

    HttpRequest request = bedrock->address(call_to("claude-sonnet-4-6", false), body());
    bedrock->authorize(request, {.kind = Credential::Kind::aws_keys, .secret = Secret("s"), .access_key_id = "A"}, own);
    EXPECT_EQ(value(request, "x-amz-date"), "20150830T125600Z");
}

TEST(Bedrock, a_signature_that_does_not_fit_is_no_matter_of_the_clock_where_the_clock_is_right) {
    const WallTime own{1'440'938'160s};
    EXPECT_EQ(channel()->cure(head(403, {{"x-amzn-errortype", "InvalidSignatureException"}, {"date", "Sun, 30 Aug 2015 12:37:00 GMT"}}, own), "{}"), Cure::none);
    EXPECT_EQ(channel()->cure(head(403, {{"x-amzn-errortype", "AccessDeniedException"}}, own), "{}"), Cure::none);
    EXPECT_EQ(channel()->cure(head(403, {{"x-amzn-errortype", "ExpiredTokenException"}}, own), "{}"), Cure::fresh_credential);
}

struct AwsCase {
    int status;
    std::string type;
    std::string body;
    ErrorCode code;
    bool retryable;
};

TEST(Bedrock, errors_become_ours_by_their_code) {
    for (const AwsCase& c : std::vector<AwsCase>{
             {400, "ValidationException", R"({"message":"max_tokens: must be positive"})", ErrorCode::invalid_request, false},
             {400, "ValidationException:http://internal.amazon.com/", R"({"message":"prompt is too long: 3 > 2"})", ErrorCode::context_length, false},
             {400, "ValidationException", R"({"message":"The provided model identifier is invalid."})", ErrorCode::model_not_found, false},
             {400, "ServiceQuotaExceededException", R"({"message":"q"})", ErrorCode::rate_limit, false},
             {403, "AccessDeniedException", R"({"message":"no"})", ErrorCode::auth, false},
             {403, "UnrecognizedClientException", R"({"message":"The security token included in the request is invalid."})", ErrorCode::auth, false},
             {403, "InvalidSignatureException", R"({"message":"no"})", ErrorCode::auth, false},
             {404, "ResourceNotFoundException", R"({"message":"no model"})", ErrorCode::model_not_found, false},
             {408, "ModelTimeoutException", R"({"message":"slow"})", ErrorCode::unavailable, true},
             {424, "ModelErrorException", R"({"message":"m","originalStatusCode":500})", ErrorCode::unavailable, true},
             {424, "ModelErrorException", R"({"message":"m","originalStatusCode":400})", ErrorCode::provider, false},
             {429, "ThrottlingException", R"({"message":"Too many requests"})", ErrorCode::rate_limit, true},
             {429, "ThrottlingException", R"({"message":"Too many tokens per day, please wait"})", ErrorCode::rate_limit, false},
             {429, "ModelNotReadyException", R"({"message":"wait"})", ErrorCode::unavailable, true},
             {500, "InternalServerException", "{}", ErrorCode::unavailable, true},
             {503, "ServiceUnavailableException", "{}", ErrorCode::unavailable, true},
             {403, "", R"({"message":"Missing Authentication Token"})", ErrorCode::auth, false},
             {502, "", "<html><title>Bad gateway</title></html>", ErrorCode::unavailable, true}}) {
        std::vector<HttpHeader> headers{{"x-amzn-requestid", "id-1"}};
        if (!c.type.empty()) headers.push_back({"x-amzn-errortype", c.type});
        const ErrorInfo error = channel()->classify(call_to("claude-sonnet-4-6", false), head(c.status, headers), c.body);
        EXPECT_EQ(error.code, c.code) << c.type << c.body;
        EXPECT_EQ(error.retryable, c.retryable) << c.type << c.body;
        EXPECT_EQ(error.http_status, c.status);
        EXPECT_EQ(error.request_id, "id-1");
    }
}

TEST(Bedrock, anthropics_own_envelope_is_understood_whole_and_as_a_message) {
    const std::string envelope = R"({"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too large"}})";
    const ErrorInfo whole = channel()->classify(call_to("claude-sonnet-4-6", false), head(400), envelope);
    EXPECT_EQ(whole.code, ErrorCode::invalid_request);
    EXPECT_THAT(whole.message, HasSubstr("max_tokens: too large"));
    const ErrorInfo inside = channel()->classify(call_to("claude-sonnet-4-6", false), head(400, {{"x-amzn-errortype", "ValidationException"}}),
                                                 R"({"message":"{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"max_tokens: too large\"}}"})");
    EXPECT_THAT(inside.message, testing::AllOf(HasSubstr("\"max_tokens: too large\""), Not(HasSubstr("{"))));
}

TEST(Bedrock, a_bare_id_that_needs_a_profile_is_explained) {
    const ErrorInfo error = channel()->classify(call_to("anthropic.claude-opus-4-8", false), head(400, {{"x-amzn-errortype", "ValidationException"}}),
                                                R"({"message":"Invocation of model ID anthropic.claude-opus-4-8 with on-demand throughput isn't supported."})");
    EXPECT_THAT(error.message, HasSubstr("inference profile"));
}

}  // namespace
}  // namespace cortex::channels
