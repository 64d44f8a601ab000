#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;
using testing::Not;

ErrorInfo anthropic(int status, std::string_view body, std::vector<HttpHeader> headers = {}) {
    return dialects::anthropic::Dialect().classify(call_of({user("Hello")}), head(status, std::move(headers)), body);
}
ErrorInfo chat(int status, std::string_view body, std::vector<HttpHeader> headers = {}) {
    return dialects::openai_chat::Dialect().classify(call_of({user("Hello")}), head(status, std::move(headers)), body);
}

std::string envelope(std::string_view type, std::string_view message, std::string_view details = "null") {
    return R"({"type":"error","error":{"type":")" + std::string(type) + R"(","message":")" + std::string(message) +
           R"(","details":)" + std::string(details) + R"(},"request_id":"req_body"})";
}

struct Row {
    int status;
    ErrorCode code;
    bool retryable;
};

TEST(AnthropicClassify, follows_the_status_whatever_the_body_looks_like) {
    for (const Row& row : {Row{400, ErrorCode::invalid_request, false}, Row{401, ErrorCode::auth, false},
                           Row{402, ErrorCode::provider, false}, Row{403, ErrorCode::auth, false},
                           Row{404, ErrorCode::model_not_found, false}, Row{407, ErrorCode::network, false},
                           Row{408, ErrorCode::unavailable, true}, Row{409, ErrorCode::unavailable, true},
                           Row{413, ErrorCode::invalid_request, false}, Row{422, ErrorCode::invalid_request, false},
                           Row{429, ErrorCode::rate_limit, true}, Row{500, ErrorCode::unavailable, true},
                           Row{503, ErrorCode::unavailable, true}, Row{504, ErrorCode::unavailable, true},
                           Row{529, ErrorCode::unavailable, true}}) {
        for (const std::string& body :
             {std::string(), std::string("plain words"),
              std::string("<html><head><title>Oh no</title></head><body><p>x</p></body></html>"),
              std::string("{\"type\":\"error\",\"err"), std::string("[]"), std::string("null"),
              envelope("something_new", "words")}) {
            const ErrorInfo error = anthropic(row.status, body);
            EXPECT_EQ(error.code, row.code) << row.status << body;
            EXPECT_EQ(error.retryable, row.retryable) << row.status << body;
            EXPECT_EQ(error.http_status, row.status);
            EXPECT_EQ(error.provider, "anthropic");
            EXPECT_EQ(error.model, "claude-sonnet-4-5");
            EXPECT_THAT(error.message, HasSubstr("anthropic"));
            EXPECT_THAT(error.message, HasSubstr(std::to_string(row.status)));
            EXPECT_THAT(error.message, Not(HasSubstr("<")));
        }
    }
    EXPECT_THAT(anthropic(407, "").message, HasSubstr("proxy"));
    EXPECT_THAT(anthropic(502, "<html><title>502 Bad Gateway</title>").message, HasSubstr("\"502 Bad Gateway\""));
}

TEST(AnthropicClassify, says_what_failed_in_the_vendors_words_and_what_to_do) {
    const ErrorInfo error =
        anthropic(401, envelope("authentication_error", "invalid x-api-key"), {{"Request-Id", "req_head"}});
    EXPECT_EQ(error.message,
              "anthropic refused the credential (HTTP 401, authentication_error): \"invalid x-api-key\". Check the key "
              "and what it may do; `cortex doctor` shows where it came from.");
    EXPECT_EQ(error.request_id, "req_head");
    EXPECT_EQ(anthropic(401, envelope("authentication_error", "x")).request_id, "req_body");
}

TEST(AnthropicClassify, names_the_model_that_is_not_served) {
    EXPECT_THAT(anthropic(404, envelope("not_found_error", "model: claude-sonnet-4-5")).message,
                HasSubstr("\"claude-sonnet-4-5\""));
    EXPECT_EQ(anthropic(404, envelope("not_found_error", "gone", R"({"error_code":"file_expired"})")).code,
              ErrorCode::invalid_request);
}

TEST(AnthropicClassify, knows_a_prompt_that_is_too_long) {
    const ErrorInfo error =
        anthropic(400, envelope("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"));
    EXPECT_EQ(error.code, ErrorCode::context_length);
    EXPECT_FALSE(error.retryable);
}

TEST(AnthropicClassify, does_not_repeat_against_spending_limits_whatever_the_header_says) {
    for (const std::string_view code : {"enforced_spend_limit_reached", "contract_spend_limit_reached"}) {
        const std::string details = R"({"error_code":")" + std::string(code) + "\"}";
        EXPECT_FALSE(anthropic(429, envelope("rate_limit_error", "limit", details)).retryable);
        EXPECT_FALSE(
            anthropic(429, envelope("rate_limit_error", "limit", details), {{"x-should-retry", "true"}}).retryable);
    }
    EXPECT_TRUE(
        anthropic(429, envelope("rate_limit_error", "limit", R"({"error_code":"ramp_limit_exceeded"})")).retryable);
}

TEST(AnthropicClassify, obeys_x_should_retry) {
    EXPECT_FALSE(anthropic(529, envelope("overloaded_error", "x"), {{"x-should-retry", "false"}}).retryable);
    EXPECT_TRUE(anthropic(400, envelope("invalid_request_error", "x"), {{"x-should-retry", "true"}}).retryable);
    EXPECT_TRUE(anthropic(529, envelope("overloaded_error", "x"), {{"x-should-retry", "perhaps"}}).retryable);
}

TEST(AnthropicClassify, cuts_long_words_at_a_character) {
    std::string words;
    for (int i = 0; i < 400; ++i) words += "Grüße ";
    const ErrorInfo error = anthropic(400, envelope("invalid_request_error", words));
    EXPECT_LT(error.message.size(), 750U);
    EXPECT_THAT(error.message, HasSubstr("...\""));
}

TEST(AnthropicClassify, survives_bytes_that_are_no_text) {
    const ErrorInfo error = anthropic(500, std::string("\xff\xfe\x00\x01 broken\x7f", 12));
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_THAT(error.message, HasSubstr("broken"));
}

TEST(AnthropicStreamErrors, are_classed_by_their_type) {
    const std::vector<std::pair<std::string, Row>> rows{
        {"invalid_request_error", {0, ErrorCode::invalid_request, false}},
        {"authentication_error", {0, ErrorCode::auth, false}},
        {"billing_error", {0, ErrorCode::provider, false}},
        {"permission_error", {0, ErrorCode::auth, false}},
        {"not_found_error", {0, ErrorCode::model_not_found, false}},
        {"request_too_large", {0, ErrorCode::invalid_request, false}},
        {"rate_limit_error", {0, ErrorCode::rate_limit, true}},
        {"timeout_error", {0, ErrorCode::unavailable, true}},
        {"api_error", {0, ErrorCode::unavailable, true}},
        {"overloaded_error", {0, ErrorCode::unavailable, true}},
        {"brand_new_error", {0, ErrorCode::provider, false}}};
    for (const auto& [type, row] : rows) {
        const Played played =
            play_stream(dialects::anthropic::Dialect(), "event: error\ndata: " + envelope(type, "words") + "\n\n");
        ASSERT_TRUE(played.failed);
        EXPECT_EQ(played.failed->error.code, row.code) << type;
        EXPECT_EQ(played.failed->error.retryable, row.retryable) << type;
    }
}

TEST(ChatClassify, reads_every_servers_shape_of_error) {
    const auto expect = [](int status, std::string_view body, ErrorCode code, bool retryable, std::string_view words) {
        const ErrorInfo error = chat(status, body);
        EXPECT_EQ(error.code, code) << body;
        EXPECT_EQ(error.retryable, retryable) << body;
        EXPECT_THAT(error.message, HasSubstr(std::string(words))) << body;
    };
    // OpenAI
    expect(
        429,
        R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
        ErrorCode::rate_limit, false, "current quota");
    expect(429, R"({"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}})",
           ErrorCode::rate_limit, true, "Rate limit reached");
    expect(400,
           R"({"error":{"message":"Too many tokens","type":"invalid_request_error","code":"context_length_exceeded"}})",
           ErrorCode::context_length, false, "Too many tokens");
    expect(
        400,
        R"({"error":{"message":"No such model","type":"invalid_request_error","param":"model","code":"model_not_found"}})",
        ErrorCode::model_not_found, false, "No such model");
    expect(400, R"({"error":{"message":"No","type":"invalid_request_error","code":"content_policy_violation"}})",
           ErrorCode::content_filter, false, "No");
    // llama.cpp
    expect(503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})",
           ErrorCode::unavailable, true, "Loading model");
    expect(
        400,
        R"({"error":{"code":400,"message":"too large","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}})",
        ErrorCode::context_length, false, "too large");
    expect(501, R"({"error":{"code":501,"message":"This server does not support it","type":"not_supported_error"}})",
           ErrorCode::invalid_request, false, "does not support");
    expect(500, R"({"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}})",
           ErrorCode::invalid_request, false, "--jinja");
    // Ollama
    expect(404, R"({"error":{"message":"model 'x' not found","type":"not_found_error","param":null,"code":null}})",
           ErrorCode::model_not_found, false, "not found");
    expect(404, R"({"error":"model 'x' not found"})", ErrorCode::model_not_found, false, "model 'x' not found");
    // vLLM, new and old
    expect(
        400,
        R"({"error":{"message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}})",
        ErrorCode::context_length, false, "maximum context length");
    expect(400, R"({"object":"error","message":"bad field","type":"BadRequestError","param":null,"code":400})",
           ErrorCode::invalid_request, false, "bad field");
    // FastAPI, Mistral, xAI, Gemini's array
    expect(422, R"({"detail":[{"loc":["body","x"],"msg":"field required","type":"missing"}]})",
           ErrorCode::invalid_request, false, "field required");
    expect(401, R"({"detail":"Unauthorized"})", ErrorCode::auth, false, "Unauthorized");
    expect(
        400,
        R"({"object":"error","message":"Invalid model","type":"invalid_model","param":null,"code":"1500","raw_status_code":400})",
        ErrorCode::invalid_request, false, "Invalid model");
    expect(400, R"({"code":"invalid-argument","error":"text"})", ErrorCode::invalid_request, false, "text");
    expect(400, R"([{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}])",
           ErrorCode::invalid_request, false, "API key not valid");
    // no JSON at all
    expect(404, "404 page not found", ErrorCode::model_not_found, false, "404 page not found");
    expect(502, "<html><h1>Bad Gateway</h1></html>", ErrorCode::unavailable, true, "Bad Gateway");
    expect(500, "", ErrorCode::unavailable, true, "HTTP 500");
}

TEST(ChatClassify, takes_the_request_id_of_the_head) {
    EXPECT_EQ(chat(500, "", {{"X-Request-Id", "req_1"}}).request_id, "req_1");
}

TEST(WholeAnswers, that_are_no_answers_are_errors) {
    const dialects::anthropic::Dialect anthropic_dialect;
    const dialects::openai_chat::Dialect chat_dialect;
    for (const Dialect* dialect :
         {static_cast<const Dialect*>(&anthropic_dialect), static_cast<const Dialect*>(&chat_dialect)}) {
        for (const auto& [body, code] :
             std::vector<std::pair<std::string, ErrorCode>>{{"", ErrorCode::network},
                                                            {" \n", ErrorCode::network},
                                                            {"{\"id\":\"x\"", ErrorCode::network},
                                                            {"<html>", ErrorCode::protocol},
                                                            {"[]", ErrorCode::protocol},
                                                            {"{}", ErrorCode::protocol},
                                                            {"null", ErrorCode::protocol}}) {
            const Played played = play_document(*dialect, body);
            EXPECT_EQ(played.ends, 1) << body;
            ASSERT_TRUE(played.failed) << body;
            EXPECT_EQ(played.failed->error.code, code) << body;
        }
        EXPECT_EQ(play_stream(*dialect, "").failed->error.code, ErrorCode::network);
    }
}

}  // namespace
}  // namespace cortex::test
