#include "dialects/gemini/errors.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/google_status.hpp"
#include "dialects/turns.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace cortex::dialects::gemini {
namespace {

/// What an envelope says beside its words.
struct Failure {
    VendorError vendor = {};
    int status = 0;                                               ///< `code`, or 0.
    std::optional<std::chrono::milliseconds> retry_after = {};
    bool bad_key = false;
    bool used_up = false;                                         ///< A day's quota or the credit: not back in a minute.
};

void read_details(std::string_view error_text, Failure& out) {
    for (const std::string_view element : slice_elements(slice_member(error_text, "details").value_or(""))) {
        JsonParser parser;
        const JsonObject* detail = parser.parse_object(element);
        if (detail == nullptr) continue;
        const std::string_view type = json_text_or_empty(*detail, "@type");
        if (type.ends_with("google.rpc.RetryInfo")) out.retry_after = protobuf_duration(json_text_or_empty(*detail, "retryDelay"));
        if (type.ends_with("google.rpc.QuotaFailure")) out.used_up |= element.find("PerDay") != std::string_view::npos;
        if (type.ends_with("google.rpc.ErrorInfo")) {
            const std::string_view reason = json_text_or_empty(*detail, "reason");
            out.vendor.code = reason;
            out.bad_key |= reason == "API_KEY_INVALID" || reason == "ACCESS_TOKEN_TYPE_UNSUPPORTED";
            out.used_up |= element.find("PerDay") != std::string_view::npos;
        }
    }
}

Failure read_envelope(const JsonObject& envelope, std::string_view text) {
    Failure out;
    if (const auto words = json_text(envelope, "error")) {
        out.vendor.readable = true;
        out.vendor.message = *words;
        return out;
    }
    const JsonObject* error = json_object(envelope, "error");
    if (error == nullptr) return out;
    out.vendor.readable = true;
    out.vendor.message = json_text_or_empty(*error, "message");
    out.vendor.type = json_text_or_empty(*error, "status");
    out.status = static_cast<int>(std::clamp<std::int64_t>(json_integer(*error, "code").value_or(0), 0, 999));
    read_details(slice_member(text, "error").value_or(""), out);
    const std::string words = to_lower(std::string_view(out.vendor.message).substr(0, 4096));
    const auto says = [&](std::string_view sign) { return words.find(sign) != std::string::npos; };
    out.bad_key |= says("api key not valid") || says("api key expired");
    out.used_up |= says("perday") || says("credits are depleted") || says("credits have been") || says("out of credit");
    return out;
}

/// An object, or the first of an array of them, as some gateways send it. `text` becomes the object's own.
const JsonObject* envelope_of(JsonParser& parser, std::string_view& text) {
    const JsonValue* value = parser.parse(text);
    if (value == nullptr) return nullptr;
    text = trim(parser.source());
    if (const JsonArray* array = value->if_array()) {
        const auto elements = slice_elements(text);
        if (array->empty() || elements.empty()) return nullptr;
        text = elements.front();
        return array->front().if_object();
    }
    return value->if_object();
}

Verdict judge(int status, const Failure& failure) {
    Verdict verdict = judge_google_status(failure.vendor.type).value_or(judge_status(status));
    if (status == 499) verdict = {ErrorCode::unavailable, true};
    if (verdict.code == ErrorCode::invalid_request) {
        const std::string words = to_lower(std::string_view(failure.vendor.message).substr(0, 4096));
        const bool counted = words.find("input token count") != std::string::npos && words.find("exceeds the maximum") != std::string::npos;
        if (counted || says_too_long(failure.vendor.message)) return {ErrorCode::context_length, false};
        if (failure.bad_key) return {ErrorCode::auth, false};
    }
    if (verdict.code == ErrorCode::rate_limit && failure.used_up) verdict.retryable = false;
    return verdict;
}

bool history_has_signatures(const ModelCall& call) {
    for (const MessagePtr& message : call.messages)
        for (const ContentBlock& block : message->content)
            if (block.raw.find("thoughtSignature") != std::string::npos || block.as<ToolUseBlock>() != nullptr) return true;
    return false;
}

}  // namespace

bool is_error_envelope(const JsonObject& object) noexcept {
    const JsonValue* error = json_member(object, "error");
    return error != nullptr && (error->is_object() || error->is_string());
}

ErrorInfo classify_envelope(const ModelCall& call, const JsonObject& envelope, std::string_view text) {
    const Failure failure = read_envelope(envelope, text);
    ErrorInfo error = describe_failure(call, judge(failure.status, failure), failure.status, failure.vendor);
    error.retry_after = failure.retry_after;
    return error;
}

ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body) {
    JsonParser parser;
    std::string_view text = body;
    Failure failure;
    if (const JsonObject* object = envelope_of(parser, text)) failure = read_envelope(*object, text);
    if (!failure.vendor.readable) failure.vendor.message = readable_text(body, head.content_type());
    ErrorInfo error = describe_failure(call, judge(head.status, failure), head.status, failure.vendor);
    error.retry_after = failure.retry_after;
    return error;
}

Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body) {
    if (head.status != 400) return Remedy::none;
    JsonParser parser;
    std::string_view text = body;
    const JsonObject* envelope = envelope_of(parser, text);
    if (envelope == nullptr) return Remedy::none;
    // The service gives no code for any of it; the words are all there is.
    const std::string words = to_lower(read_envelope(*envelope, text).vendor.message);
    const auto says = [&](std::string_view sign) { return words.find(sign) != std::string::npos; };
    if (says("thought signature") || says("thought_signature") || says("thoughtsignature"))
        return call.without_thinking_blocks || !history_has_signatures(call) ? Remedy::none : Remedy::drop_thinking_blocks;
    using Form = LegalParams::ThinkingForm;
    const bool asks = call.params.thinking_form() != Form::absent || call.params.summarized();
    if (asks && !call.without_effort && says("thinking")) return Remedy::drop_effort;
    if (lists_tools(call) && says("function calling") && (says("not enabled") || says("not supported") || says("unsupported") || says("does not support")))
        return Remedy::drop_tools;
    return Remedy::none;
}

}  // namespace cortex::dialects::gemini
