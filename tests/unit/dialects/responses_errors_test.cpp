#include "core/json_writer.hpp"
#include "unit/dialects/responses_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace cortex::test {
namespace {

using testing::HasSubstr;
using testing::Not;

ErrorInfo classified(int status, std::string_view body, std::vector<HttpHeader> headers = {}) {
    return dialects::openai_responses::Dialect().classify(reasoner_call({user("Hello")}),
                                                          head(status, std::move(headers)), body);
}

std::string error_body(std::string_view message, std::string_view type, std::string_view code,
                       std::string_view param = "") {
    JsonWriter json;
    json.begin_object().key("error").begin_object().field("message", message).field("type", type);
    if (param.empty())
        json.key("param").null();
    else
        json.field("param", param);
    if (code.empty())
        json.key("code").null();
    else
        json.field("code", code);
    json.end_object().end_object();
    return std::move(json).take();
}

struct Row {
    int status;
    std::string type;
    std::string code;
    ErrorCode expected;
    bool retryable;
};

TEST(ResponsesClassify, follows_the_published_table) {
    const std::string invalid = "invalid_request_error";
    for (const Row& row :
         std::vector<Row>{{400, invalid, "", ErrorCode::invalid_request, false},
                          {400, invalid, "unsupported_parameter", ErrorCode::invalid_request, false},
                          {400, invalid, "unsupported_value", ErrorCode::invalid_request, false},
                          {400, invalid, "integer_below_min_value", ErrorCode::invalid_request, false},
                          {400, invalid, "invalid_function_parameters", ErrorCode::invalid_request, false},
                          {400, invalid, "previous_response_not_found", ErrorCode::invalid_request, false},
                          {400, invalid, "context_length_exceeded", ErrorCode::context_length, false},
                          {400, invalid, "model_not_found", ErrorCode::model_not_found, false},
                          {400, invalid, "invalid_prompt", ErrorCode::invalid_request, false},
                          {400, invalid, "content_policy_violation", ErrorCode::content_filter, false},
                          {400, "", "content_filter", ErrorCode::content_filter, false},
                          {401, invalid, "invalid_api_key", ErrorCode::auth, false},
                          {401, invalid, "", ErrorCode::auth, false},
                          {401, "", "401", ErrorCode::auth, false},
                          {403, "", "unsupported_country_region_territory", ErrorCode::auth, false},
                          {404, invalid, "model_not_found", ErrorCode::model_not_found, false},
                          {404, "", "DeploymentNotFound", ErrorCode::model_not_found, false},
                          {408, "", "Timeout", ErrorCode::unavailable, true},
                          {409, "", "", ErrorCode::unavailable, true},
                          {413, "", "", ErrorCode::invalid_request, false},
                          {429, "tokens", "rate_limit_exceeded", ErrorCode::rate_limit, true},
                          {429, "requests", "rate_limit_exceeded", ErrorCode::rate_limit, true},
                          {429, "", "429", ErrorCode::rate_limit, true},
                          {429, "insufficient_quota", "insufficient_quota", ErrorCode::rate_limit, false},
                          {429, "", "credit_balance_exhausted", ErrorCode::rate_limit, false},
                          {429, "", "billing_hard_limit_reached", ErrorCode::rate_limit, false},
                          {500, "server_error", "server_error", ErrorCode::unavailable, true},
                          {503, "service_unavailable_error", "server_is_overloaded", ErrorCode::unavailable, true},
                          {503, "", "slow_down", ErrorCode::unavailable, true},
                          {501, "not_supported_error", "", ErrorCode::invalid_request, false},
                          {402, "", "", ErrorCode::provider, false}}) {
        const ErrorInfo error = classified(row.status, error_body("words of the vendor", row.type, row.code));
        EXPECT_EQ(error.code, row.expected) << row.status << row.code;
        EXPECT_EQ(error.retryable, row.retryable) << row.status << row.code;
        EXPECT_EQ(error.http_status, row.status);
        EXPECT_EQ(error.provider, "openai");
        EXPECT_EQ(error.model, "gpt-5.4");
        EXPECT_THAT(error.message, HasSubstr("\"words of the vendor\""));
    }
}

TEST(ResponsesClassify, reads_every_shape_that_servers_give_an_error) {
    for (const std::string& body :
         {error_body("no such thing", "invalid_request_error", "x"), std::string(R"({"error":"no such thing"})"),
          std::string(R"({"message":"no such thing","object":"error"})"), std::string(R"({"detail":"no such thing"})"),
          std::string(R"({"detail":[{"loc":["body","x"],"msg":"no such thing","type":"missing"}]})"),
          std::string(R"([{"error":{"message":"no such thing","code":400}}])"), std::string("no such thing"),
          std::string("<html><head><title>no such thing</title></head></html>"),
          std::string(R"({"statusCode":400,"message":"no such thing"})")}) {
        const ErrorInfo error = classified(400, body);
        EXPECT_EQ(error.code, ErrorCode::invalid_request) << body;
        EXPECT_THAT(error.message, HasSubstr("no such thing")) << body;
        EXPECT_THAT(error.message, Not(HasSubstr("<"))) << body;
    }
    for (const std::string& body : {std::string(), std::string("null"), std::string("[]"),
                                    std::string("{\"error\":{\"mess"), std::string(R"({"error":{"message":7}})")})
        EXPECT_EQ(classified(500, body).code, ErrorCode::unavailable) << body;
}

TEST(ResponsesClassify, reads_what_the_words_add) {
    EXPECT_EQ(
        classified(400, error_body("Your input exceeds the context window of this model.", "invalid_request_error", ""))
            .code,
        ErrorCode::context_length);
    EXPECT_EQ(classified(400, error_body("Your prompt was flagged as potentially violating our usage policy.",
                                         "invalid_request_error", "invalid_prompt"))
                  .code,
              ErrorCode::content_filter);
    EXPECT_EQ(classified(400, R"({"code":"invalid-argument","error":"Incorrect API key provided."})").code,
              ErrorCode::auth);
    EXPECT_EQ(
        classified(404,
                   error_body("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
                              "invalid_request_error", ""))
            .code,
        ErrorCode::invalid_request);
    EXPECT_EQ(classified(404, R"({"detail":"Not Found"})").code, ErrorCode::model_not_found);
}

TEST(ResponsesClassify, follows_the_vendors_wish_to_be_asked_again_unless_a_quota_is_used_up) {
    const std::string body = error_body("x", "server_error", "server_error");
    EXPECT_FALSE(classified(500, body, {{"x-should-retry", "false"}}).retryable);
    EXPECT_TRUE(classified(400, error_body("x", "", ""), {{"x-should-retry", "true"}}).retryable);
    EXPECT_FALSE(
        classified(429, error_body("x", "insufficient_quota", "insufficient_quota"), {{"x-should-retry", "true"}})
            .retryable);
}

TEST(ResponsesClassify, finds_the_request_id) {
    const dialects::openai_responses::Dialect dialect;
    EXPECT_EQ(classified(500, "", {{"X-Request-Id", "req_1"}, {"apim-request-id", "a"}}).request_id, "req_1");
    EXPECT_EQ(classified(500, "", {{"apim-request-id", "a"}}).request_id, "a");
    EXPECT_EQ(classified(500, R"({"error":{"message":"x"},"request_id":"req_body"})").request_id, "req_body");
    EXPECT_EQ(dialect.request_id(head(200, {{"x-request-id", "req_2"}})), "req_2");
    EXPECT_EQ(dialect.request_id(head(200)), "");
}

ModelCall with_own_reasoning() {
    return with_tools(reasoner_call({user("a"), own({reasoning_item("rs_1"), message_item("msg_1", "b")}), user("c")},
                                    "", thinking_aloud()));
}

Remedy remedy(const ModelCall& call, int status, const std::string& body) {
    return dialects::openai_responses::Dialect().remedy(call, head(status), body);
}

TEST(ResponsesRemedy, leaves_reasoning_out_that_the_service_cannot_read_or_place) {
    for (const auto& [status, message, code] : std::vector<std::tuple<int, std::string, std::string>>{
             {400,
              "The encrypted content gAAA could not be verified. Reason: Encrypted content could not be decrypted or "
              "parsed.",
              "invalid_encrypted_content"},
             {400, "Encrypted content could not be decrypted.", ""},
             {400, "Item 'rs_1' of type 'reasoning' was provided without its required following item.", ""},
             {400, "Item 'msg_1' of type 'message' was provided without its required 'reasoning' item: 'rs_1'.", ""},
             {400, "Encrypted content organization_id did not match the target organization.",
              "invalid_encrypted_content"},
             {404, "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.", ""}}) {
        const std::string body = error_body(message, "invalid_request_error", code);
        ModelCall call = with_own_reasoning();
        EXPECT_EQ(remedy(call, status, body), Remedy::drop_thinking_blocks) << message;
        call.without_thinking_blocks = true;
        EXPECT_EQ(remedy(call, status, body), Remedy::none) << message;
        EXPECT_EQ(remedy(reasoner_call({user("a")}), status, body), Remedy::none) << message;
        EXPECT_EQ(remedy(with_own_reasoning(), 500, body), Remedy::none) << message;
    }
}

TEST(ResponsesRemedy, says_nothing_of_thinking_where_that_is_refused) {
    for (const std::string& body :
         {error_body("Unsupported parameter: 'reasoning.effort' is not supported with this model.",
                     "invalid_request_error", "unsupported_parameter", "reasoning.effort"),
          error_body("Unsupported value: 'high' is not supported with this model.", "invalid_request_error",
                     "unsupported_value", "reasoning.effort"),
          error_body("Your organization must be verified to generate reasoning summaries.", "invalid_request_error",
                     "unsupported_value", "reasoning.summary"),
          error_body("Encrypted content is not supported with this model.", "invalid_request_error", "", "include")}) {
        ModelCall call = with_own_reasoning();
        EXPECT_EQ(remedy(call, 400, body), Remedy::drop_effort) << body;
        EXPECT_EQ(remedy(reasoner_call({user("a")}), 400, body), Remedy::none) << body;   // none was asked for
        call.without_effort = true;
        EXPECT_EQ(remedy(call, 400, body), Remedy::none) << body;
    }
}

TEST(ResponsesRemedy, leaves_tools_out_where_a_server_has_none) {
    const std::string body = error_body("registry.ollama.ai/library/x does not support tools", "api_error", "");
    ModelCall call = with_tools(reasoner_call({user("a")}));
    EXPECT_EQ(remedy(call, 400, body), Remedy::drop_tools);
    call.without_tools = true;
    EXPECT_EQ(remedy(call, 400, body), Remedy::none);
}

TEST(ResponsesRemedy, knows_none_for_other_refusals) {
    for (const std::string& body :
         {error_body("Invalid 'max_output_tokens': integer below minimum value.", "invalid_request_error",
                     "integer_below_min_value", "max_output_tokens"),
          error_body("The requested model 'x' does not exist.", "invalid_request_error", "model_not_found", "model"),
          error_body("Unsupported parameter: 'temperature' is not supported with this model.", "invalid_request_error",
                     "unsupported_parameter", "temperature"),
          std::string("nonsense"), std::string()})
        EXPECT_EQ(remedy(with_own_reasoning(), 400, body), Remedy::none) << body;
}

}  // namespace
}  // namespace cortex::test
