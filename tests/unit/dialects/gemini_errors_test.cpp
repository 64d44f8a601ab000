// How Google's refusals are judged, and which of them a second try cures.
#include "dialects/gemini/dialect.hpp"
#include "unit/dialects/gemini_support.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

ErrorInfo classify(int status, std::string_view body, std::vector<HttpHeader> headers = {}) {
    return dialects::gemini::Dialect().classify(gemini_call({user("Hello")}), head(status, std::move(headers)), body);
}

std::string envelope(int code, std::string_view status, std::string_view message, std::string_view details = "") {
    return fmt::format(R"({{"error":{{"code":{},"message":"{}","status":"{}","details":[{}]}}}})", code, message, status, details);
}

std::string info(std::string_view reason) {
    return fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{}","domain":"googleapis.com"}})", reason);
}

struct Row {
    int status;
    std::string word;
    std::string message;
    std::string details;
    ErrorCode code;
    bool retryable;
};

TEST(GeminiErrors, each_status_finds_its_class) {
    const std::vector<Row> rows{
        {400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown name", "", ErrorCode::invalid_request, false},
        {400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info("API_KEY_INVALID"), ErrorCode::auth, false},
        {400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", "", ErrorCode::auth, false},
        {400, "INVALID_ARGUMENT", "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).", "", ErrorCode::context_length, false},
        {400, "INVALID_ARGUMENT", "The input token count exceeds the maximum of 8192.", "", ErrorCode::context_length, false},
        {400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "", ErrorCode::invalid_request, false},
        {401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token", info("ACCESS_TOKEN_TYPE_UNSUPPORTED"), ErrorCode::auth, false},
        {403, "PERMISSION_DENIED", "Your API key was reported as leaked.", "", ErrorCode::auth, false},
        {404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta", "", ErrorCode::model_not_found, false},
        {408, "DEADLINE_EXCEEDED", "late", "", ErrorCode::unavailable, true},
        {413, "", "too large", "", ErrorCode::invalid_request, false},
        {429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", "", ErrorCode::rate_limit, true},
        {429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", "", ErrorCode::rate_limit, false},
        {499, "CANCELLED", "The operation was cancelled.", "", ErrorCode::unavailable, true},
        {500, "INTERNAL", "An internal error has occurred.", "", ErrorCode::unavailable, true},
        {503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "", ErrorCode::unavailable, true},
        {504, "DEADLINE_EXCEEDED", "Deadline expired", "", ErrorCode::unavailable, true},
    };
    for (const Row& row : rows) {
        const std::string body = envelope(row.status, row.word, row.message, row.details);
        for (const std::string& shape : {body, "[" + body + "]", " [\n" + body + "\n]\n"}) {
            const ErrorInfo error = classify(row.status, shape, {{"content-type", "application/json; charset=UTF-8"}});
            EXPECT_EQ(error.code, row.code) << row.status << " " << row.message;
            EXPECT_EQ(error.retryable, row.retryable) << row.status << " " << row.message;
            EXPECT_EQ(error.http_status, row.status);
            EXPECT_EQ(error.provider, "gemini");
            EXPECT_EQ(error.model, gemini_model);
            EXPECT_THAT(error.message, HasSubstr(row.message));
        }
    }
}

TEST(GeminiErrors, bodies_of_other_shapes_are_judged_by_their_status) {
    EXPECT_EQ(classify(503, "<html><title>502 Oops</title></html>", {{"content-type", "text/html"}}).code, ErrorCode::unavailable);
    EXPECT_EQ(classify(499, "").code, ErrorCode::unavailable);
    EXPECT_TRUE(classify(499, "").retryable);
    EXPECT_EQ(classify(400, R"({"error":"plain words"})").code, ErrorCode::invalid_request);
    EXPECT_THAT(classify(400, R"({"error":"plain words"})").message, HasSubstr("plain words"));
    for (const char* body : {"[]", "{}", "null", "[1]", R"({"error":null})", R"({"error":{}})", R"({"error":{"code":1e30,"details":[1,{}]}})"})
        EXPECT_EQ(classify(429, body).code, ErrorCode::rate_limit) << body;
}

TEST(GeminiErrors, the_pause_that_is_asked_for_is_told_and_a_days_quota_is_not_waited_for) {
    const auto limited = [](std::string_view details) { return classify(429, envelope(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", details)); };
    const auto retry = [](std::string_view delay) { return fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{}"}})", delay); };
    const auto quota = [](std::string_view id) {
        return fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{{"quotaId":"{}","quotaValue":"10"}}]}})", id);
    };
    EXPECT_EQ(limited(retry("34.4s")).retry_after, 34'400ms);
    for (const char* wrong : {"0s", "soon", "-1s", "1e400s", "nans", "5"}) EXPECT_FALSE(limited(retry(wrong)).retry_after) << wrong;
    EXPECT_TRUE(limited(quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier") + "," + retry("34.4s")).retryable);
    const ErrorInfo day = limited(quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier") + "," + retry("34.4s"));
    EXPECT_FALSE(day.retryable);
    EXPECT_EQ(day.code, ErrorCode::rate_limit);
}

Remedy remedy(const ModelCall& call, int status, std::string_view message) {
    return dialects::gemini::Dialect().remedy(call, head(status), envelope(status, "INVALID_ARGUMENT", message));
}

ModelCall after_a_call() {
    return with_tools(gemini_call({user("a"), gemini_said({block(ToolUseBlock{"c", "look", "{}"}, R"({"functionCall":{"name":"look"},"thoughtSignature":"UzE="})")}),
                                   results({result("c", "seen")})}));
}

TEST(GeminiRemedy, signatures_that_are_not_taken_give_way_to_the_placeholder_once) {
    for (const char* words : {"Corrupted thought signature.", "Invalid thought signature.",
                              "Function call `look` in the 2. content block is missing a `thought_signature` in functionCall parts."}) {
        ModelCall call = after_a_call();
        EXPECT_EQ(remedy(call, 400, words), Remedy::drop_thinking_blocks) << words;
        EXPECT_EQ(remedy(call, 500, words), Remedy::none);
        EXPECT_EQ(remedy(gemini_call({user("a")}), 400, words), Remedy::none) << "nothing was signed";
        call.without_thinking_blocks = true;
        EXPECT_EQ(remedy(call, 400, words), Remedy::none);
    }
}

TEST(GeminiRemedy, the_amount_of_thinking_and_tools_are_left_out_for_models_that_know_neither) {
    Need need;
    need.level = ThinkingLevel::high;
    ModelCall call = with_tools(gemini_call({user("a")}, need));
    EXPECT_EQ(remedy(call, 400, "Thinking level is not supported for this model."), Remedy::drop_effort);
    EXPECT_EQ(remedy(gemini_call({user("a")}), 400, "Thinking level is not supported for this model."), Remedy::drop_effort) << "it is asked for its least";
    call.without_effort = true;
    EXPECT_EQ(remedy(call, 400, "Thinking level is not supported for this model."), Remedy::none);
    EXPECT_EQ(remedy(call, 400, "Function calling is not enabled for models/gemma-3-1b-it"), Remedy::drop_tools);
    EXPECT_EQ(remedy(gemini_call({user("a")}), 400, "Function calling is not enabled for models/gemma-3-1b-it"), Remedy::none);
}

TEST(GeminiRemedy, has_none_for_any_other_refusal) {
    for (const char* words : {"API key not valid. Please pass a valid API key.", "Requests ending with a model turn are not supported.", ""})
        EXPECT_EQ(remedy(after_a_call(), 400, words), Remedy::none) << words;
    EXPECT_EQ(dialects::gemini::Dialect().remedy(after_a_call(), head(400), "<html>thought signature"), Remedy::none);
}

}  // namespace
}  // namespace cortex::test
