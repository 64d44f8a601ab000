#include "channels/aws_failure.hpp"

#include "auth/aws/service_error.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace cortex::channels {
namespace {

using dialects::Verdict;

struct CodeRow {
    std::string_view code;   // in lower case, without "exception" at its end
    Verdict verdict;
};

// Amazon Bedrock Runtime, InvokeModel and InvokeModelWithResponseStream; "Common errors" of AWS. Whether a repeat may help is
// ours to say: AWS's own SDKs repeat neither 408 nor 424.
constexpr std::array<CodeRow, 24> codes{{
    {"validation", {ErrorCode::invalid_request, false}},
    {"servicequotaexceeded", {ErrorCode::rate_limit, false}},
    {"accessdenied", {ErrorCode::auth, false}},
    {"resourcenotfound", {ErrorCode::model_not_found, false}},
    {"conflict", {ErrorCode::unavailable, true}},
    {"modeltimeout", {ErrorCode::unavailable, true}},
    {"modelerror", {ErrorCode::unavailable, true}},
    {"modelstreamerror", {ErrorCode::unavailable, true}},
    {"throttling", {ErrorCode::rate_limit, true}},
    {"modelnotready", {ErrorCode::unavailable, true}},
    {"internalserver", {ErrorCode::unavailable, true}},
    {"internalfailure", {ErrorCode::unavailable, true}},
    {"serviceunavailable", {ErrorCode::unavailable, true}},
    {"unrecognizedclient", {ErrorCode::auth, false}},
    {"invalidclienttokenid", {ErrorCode::auth, false}},
    {"invalidsignature", {ErrorCode::auth, false}},
    {"signaturedoesnotmatch", {ErrorCode::auth, false}},
    {"incompletesignature", {ErrorCode::auth, false}},
    {"missingauthenticationtoken", {ErrorCode::auth, false}},
    {"expiredtoken", {ErrorCode::auth, false}},
    {"requestexpired", {ErrorCode::auth, false}},
    {"requesttimetooskewed", {ErrorCode::auth, false}},
    {"notauthorized", {ErrorCode::auth, false}},
    {"optinrequired", {ErrorCode::auth, false}},
}};

std::optional<Verdict> judge_code(std::string_view code) {
    std::string word = to_lower(code);
    if (word.ends_with("exception")) word.resize(word.size() - std::string_view("exception").size());
    for (const CodeRow& row : codes)
        if (row.code == word) return row.verdict;
    return std::nullopt;
}

bool repeatable(std::int64_t status) { return status == 408 || status == 409 || status == 429 || status >= 500; }

/// What the body adds to the code's verdict.
Verdict refine(Verdict verdict, std::string_view message, std::string_view body) {
    const std::string words = to_lower(message.substr(0, 4096));
    const auto says = [&](std::string_view sign) { return words.find(sign) != std::string::npos; };
    switch (verdict.code) {
        case ErrorCode::invalid_request:
            if (dialects::says_too_long(words) || says("input is too long")) return {ErrorCode::context_length, false};
            if (says("model identifier is invalid")) return {ErrorCode::model_not_found, false};
            return verdict;
        case ErrorCode::rate_limit:
            // A day's quota is not back in a minute.
            if (says("per day")) return {ErrorCode::rate_limit, false};
            return verdict;
        case ErrorCode::unavailable: {
            // The model's own failure comes with the status that the model gave.
            JsonParser parser;
            const JsonObject* object = parser.parse_object(body);
            const auto original = object == nullptr ? std::nullopt : json_integer(*object, "originalStatusCode");
            if (original && *original >= 400 && !repeatable(*original)) return {ErrorCode::provider, false};
            return verdict;
        }
        default: return verdict;
    }
}

/// Errors of the model itself may come with Anthropic's whole envelope as their message.
std::string without_envelope(std::string message) {
    if (!trim(message).starts_with('{')) return message;
    JsonParser parser;
    const JsonObject* envelope = parser.parse_object(message);
    const JsonObject* error = envelope == nullptr ? nullptr : json_object(*envelope, "error");
    if (error == nullptr) return message;
    return std::string(json_text_or_empty(*error, "message"));
}

std::string remedy_for(std::string_view message, std::string_view code) {
    if (to_lower(code).starts_with("accessdenied"))
        return " The identity needs bedrock:InvokeModel (and bedrock:InvokeModelWithResponseStream) on this model and its inference profile.";
    const std::string words = to_lower(message.substr(0, 4096));
    if (words.find("on-demand throughput") != std::string::npos)
        return " Name the model with an inference profile (global., us., eu., ...), or by its plain id.";
    return {};
}

ErrorInfo describe(const ModelCall& call, int status, std::string_view code, std::string message, std::string request_id, std::string_view body,
                   Verdict otherwise) {
    const auto by_code = judge_code(code);
    const Verdict verdict = refine(by_code.value_or(otherwise), message, body);
    ErrorInfo error = dialects::describe_failure(
        call, verdict, status, {.message = std::move(message), .type = std::string(code), .code = {}, .request_id = std::move(request_id), .readable = true});
    error.message += remedy_for(error.message, code);
    return error;
}

}  // namespace

ErrorInfo classify_aws(const ModelCall& call, const HttpHead& head, std::string_view body) {
    auth::aws::ServiceError said = auth::aws::read_json_error(head, body);
    if (said.message.empty()) {
        JsonParser parser;
        if (parser.parse_object(body) == nullptr) said.message = dialects::readable_text(body, head.content_type());
    }
    // What follows in a refused signature are the texts that were signed, headers and all.
    if (const std::size_t texts = said.message.find(" Consult the service documentation"); texts != std::string::npos) said.message.resize(texts);
    if (const std::size_t texts = said.message.find("The Canonical String"); texts != std::string::npos) said.message.resize(texts);
    said.message = without_envelope(std::move(said.message));
    if (const auto id = head.header("x-amzn-requestid"); id && said.request_id.empty()) said.request_id = std::string(*id);
    return describe(call, head.status, said.code, std::move(said.message), std::move(said.request_id), body, dialects::judge_status(head.status));
}

ErrorInfo classify_aws_exception(const ModelCall& call, std::string_view name, std::string_view payload, std::string_view message) {
    JsonParser parser;
    const JsonObject* object = payload.empty() ? nullptr : parser.parse_object(payload);
    std::string words(message);
    if (object != nullptr) {
        words = json_text_or_empty(*object, "message");
        if (words.empty()) words = json_text_or_empty(*object, "Message");
        if (words.empty()) words = json_text_or_empty(*object, "originalMessage");
    }
    return describe(call, 0, name, std::move(words), {}, payload, {ErrorCode::unavailable, true});
}

}  // namespace cortex::channels
