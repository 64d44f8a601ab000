// Errors of OpenAI, Azure and the servers that imitate them: the class, whether a repeat helps, and the words that are shown.
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

ErrorInfo classify(int status, std::string_view body, std::vector<HttpHeader> headers = {}) {
    return dialects::openai_chat::Dialect().classify(call_of({user("Hello")}), head(status, std::move(headers)), body);
}

struct Row {
    int status;
    const char* body;
    ErrorCode code;
    bool retryable;
    const char* words;
};

TEST(ChatErrors, of_every_server_find_their_class) {
    const Row rows[] = {
        // OpenAI
        {400, R"({"error":{"message":"Unsupported parameter: 'max_tokens'","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}})", ErrorCode::invalid_request, false, "max_tokens"},
        {400, R"({"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})", ErrorCode::context_length, false, "too long"},
        {400, R"({"error":{"message":"flagged","type":"invalid_request_error","code":"content_policy_violation"}})", ErrorCode::content_filter, false, "flagged"},
        {401, R"({"error":{"message":"Incorrect API key provided: sk-...","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})", ErrorCode::auth, false, "Incorrect"},
        {401, R"({"error":{"message":"You didn't provide an API key.","type":"invalid_request_error","param":null,"code":null}})", ErrorCode::auth, false, "provide"},
        {403, R"({"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","code":"unsupported_country_region_territory"}})", ErrorCode::auth, false, "Country"},
        {404, R"({"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}})", ErrorCode::model_not_found, false, "does not exist"},
        {409, R"({"error":{"message":"conflict","type":"invalid_request_error"}})", ErrorCode::unavailable, true, "conflict"},
        {413, "Request Entity Too Large", ErrorCode::invalid_request, false, "Too Large"},
        {429, R"({"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":"rate_limit_exceeded"}})", ErrorCode::rate_limit, true, "Rate limit"},
        {429, R"({"error":{"message":"quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})", ErrorCode::rate_limit, false, "quota"},
        {429, R"({"error":{"message":"balance","type":"billing","code":"credit_balance_exhausted"}})", ErrorCode::rate_limit, false, "balance"},
        {429, R"({"error":{"message":"limit","type":"billing","code":"billing_hard_limit_reached"}})", ErrorCode::rate_limit, false, "limit"},
        {500, R"({"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}})", ErrorCode::unavailable, true, "had an error"},
        {503, R"({"error":{"message":"overloaded","type":"server_error","code":"server_is_overloaded"}})", ErrorCode::unavailable, true, "overloaded"},
        {503, R"({"error":{"message":"slow","type":"server_error","code":"slow_down"}})", ErrorCode::unavailable, true, "slow"},
        // Azure
        {400, R"({"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{}}}})", ErrorCode::content_filter, false, "filtered"},
        {400, R"({"error":{"message":"filtered","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})", ErrorCode::content_filter, false, "filtered"},
        {401, R"({"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}})", ErrorCode::auth, false, "subscription key"},
        {401, R"({"statusCode":401,"message":"Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired."})", ErrorCode::auth, false, "audience"},
        {404, R"({"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}})", ErrorCode::model_not_found, false, "deployment"},
        {404, R"({"error":{"code":"404","message":"Resource not found"}})", ErrorCode::model_not_found, false, "Resource"},
        {408, R"({"error":{"code":"Timeout","message":"The operation was timeout."}})", ErrorCode::unavailable, true, "timeout"},
        {429, R"({"error":{"code":"429","message":"Requests have exceeded call rate limit."}})", ErrorCode::rate_limit, true, "call rate"},
        // DeepSeek, OpenRouter, Groq
        {402, R"({"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}})", ErrorCode::provider, false, "Insufficient Balance"},
        {402, R"({"error":{"code":402,"message":"This request requires more credits"},"user_id":"u"})", ErrorCode::provider, false, "credits"},
        {403, R"({"error":{"code":403,"message":"Input was flagged","metadata":{"reasons":["violence"],"flagged_input":"x"}}})", ErrorCode::content_filter, false, "flagged"},
        {429, R"({"error":{"code":429,"message":"Provider returned error","metadata":{"provider_name":"Google","raw":"temporarily rate-limited upstream"}}})", ErrorCode::rate_limit, true, "Provider returned error: temporarily rate-limited upstream"},
        {400, R"({"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens\"}}"}}})", ErrorCode::context_length, false, "8192"},
        {400, R"({"error":{"code":"tool_use_failed","message":"Tool call validation failed","type":"invalid_request_error","failed_generation":"x"}})", ErrorCode::invalid_request, false, "validation"},
        // llama.cpp, Ollama, LM Studio, vLLM
        {503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})", ErrorCode::unavailable, true, "Loading model"},
        {400, R"({"error":{"code":400,"message":"too large","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}})", ErrorCode::context_length, false, "too large"},
        {500, R"({"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}})", ErrorCode::context_length, false, "exceeded"},
        {501, R"({"error":{"code":501,"message":"not here","type":"not_supported_error"}})", ErrorCode::invalid_request, false, "not here"},
        {400, R"({"error":"Trying to keep the first 9000 tokens when the number of tokens to keep from the initial prompt is greater than the context length."})", ErrorCode::context_length, false, "initial prompt"},
        {400, R"({"error":{"message":"\"x\" does not support tools","type":"api_error","param":null,"code":null}})", ErrorCode::invalid_request, false, "tools"},
        {422, R"({"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"},{"type":"x","loc":["body"],"msg":"y"}]})", ErrorCode::invalid_request, false, "Field required"},
        {400, R"({"error":{"message":"bad","type":"BadRequestError","param":null,"code":400}})", ErrorCode::invalid_request, false, "bad"},
        // Mistral, xAI, Venice, Cohere, Doubleword, Gemini's compatible endpoint
        {400, R"({"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500","raw_status_code":400})", ErrorCode::invalid_request, false, "Invalid model"},
        {401, R"({"detail":"Invalid API Key"})", ErrorCode::auth, false, "Invalid API Key"},
        {400, R"({"code":"invalid-argument","error":"Incorrect API key provided. You can obtain one."})", ErrorCode::auth, false, "Incorrect"},
        {404, R"({"error":"Specified model not found: x."})", ErrorCode::model_not_found, false, "Specified model"},
        {400, R"({"id":"1","message":"invalid request"})", ErrorCode::invalid_request, false, "invalid request"},
        {400, R"({"code":400,"message":"Validation: Temperature","type":"Bad Request"})", ErrorCode::invalid_request, false, "Temperature"},
        {400, R"([{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}])", ErrorCode::invalid_request, false, "not valid"},
        // No JSON at all
        {502, "<html><head><title>502 Bad Gateway</title></head></html>", ErrorCode::unavailable, true, "502 Bad Gateway"},
        {500, "", ErrorCode::unavailable, true, "HTTP 500"},
        {418, "{}", ErrorCode::provider, false, "HTTP 418"},
    };
    for (const Row& row : rows) {
        const ErrorInfo error = classify(row.status, row.body);
        EXPECT_EQ(error.code, row.code) << row.body << "\n" << error.message;
        EXPECT_EQ(error.retryable, row.retryable) << row.body;
        EXPECT_EQ(error.http_status, row.status) << row.body;
        EXPECT_THAT(error.message, HasSubstr(row.words)) << row.body;
    }
}

TEST(ChatErrors, obey_the_servers_word_on_repeats_but_never_against_a_used_up_quota) {
    EXPECT_FALSE(classify(429, "{}", {{"x-should-retry", "false"}}).retryable);
    EXPECT_TRUE(classify(400, "{}", {{"X-Should-Retry", "true"}}).retryable);
    EXPECT_FALSE(classify(429, R"({"error":{"code":"insufficient_quota","message":"x"}})", {{"x-should-retry", "true"}}).retryable);
}

TEST(ChatErrors, carry_the_requests_id) {
    EXPECT_EQ(classify(500, "{}", {{"x-request-id", "req_1"}}).request_id, "req_1");
    EXPECT_EQ(classify(500, R"({"error":{"message":"x"},"request_id":"req_body"})").request_id, "req_body");
    EXPECT_EQ(dialects::openai_chat::Dialect().request_id(head(200, {{"X-Generation-Id", "gen-1"}})), "gen-1");
    EXPECT_EQ(dialects::openai_chat::Dialect().request_id(head(200, {{"x-request-id", ""}, {"mistral-correlation-id", "m"}})), "m");
    EXPECT_EQ(dialects::openai_chat::Dialect().request_id(head(200)), "");
}

TEST(ChatErrors, of_any_bytes_are_errors) {
    for (const std::string& body : {std::string("{\"error\":"), std::string("[]"), std::string("[[]]"), std::string("null"), std::string("\xff\xfe\x00", 3),
                                    std::string(R"({"error":{"message":{"nested":1},"code":[1]}})"), std::string(R"({"detail":[]})"), std::string(R"({"error":[]})")}) {
        const ErrorInfo error = classify(500, body);
        EXPECT_EQ(error.code, ErrorCode::unavailable) << body;
        EXPECT_FALSE(error.message.empty());
    }
}

}  // namespace
}  // namespace cortex::test
