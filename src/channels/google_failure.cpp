#include "channels/google_failure.hpp"

#include "core/json.hpp"
#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/google_status.hpp"

#include <optional>

namespace cortex::channels {
namespace {

using dialects::Verdict;

struct Details {
    std::optional<std::chrono::milliseconds> retry_after = {};
    bool daily_quota = false;   ///< Not back in a minute.
};

Details read_details(std::string_view error_text) {
    Details out;
    const auto details = slice_member(error_text, "details");
    if (!details) return out;
    for (const std::string_view element : slice_elements(*details)) {
        JsonParser parser;
        const JsonObject* detail = parser.parse_object(element);
        if (detail == nullptr) continue;
        const std::string_view type = json_text_or_empty(*detail, "@type");
        if (type.ends_with("google.rpc.RetryInfo")) out.retry_after = dialects::protobuf_duration(json_text_or_empty(*detail, "retryDelay"));
        if (type.ends_with("google.rpc.QuotaFailure") || type.ends_with("google.rpc.ErrorInfo")) out.daily_quota |= element.find("PerDay") != std::string_view::npos;
    }
    return out;
}

}  // namespace

ErrorInfo classify_google(const Dialect& dialect, const ModelCall& call, const HttpHead& head, std::string_view body) {
    std::string_view text = trim(body);
    JsonParser parser;
    if (text.starts_with('[')) {
        const auto elements = parser.parse(text) == nullptr ? std::vector<std::string_view>() : slice_elements(text);
        if (!elements.empty()) text = elements.front();
    }
    const JsonObject* object = parser.parse_object(text);
    const JsonObject* error = object == nullptr ? nullptr : json_object(*object, "error");
    const bool vendors_own = object != nullptr && json_text_or_empty(*object, "type") == "error";
    if (error == nullptr || vendors_own) return dialect.classify(call, head, text);

    const std::string message(json_text_or_empty(*error, "message"));
    const std::string word(json_text_or_empty(*error, "status"));
    const auto error_text = slice_member(text, "error");
    const Details details = read_details(error_text.value_or(""));
    if (trim(message).starts_with('{')) {
        JsonParser inner_parser;
        const JsonObject* inner = inner_parser.parse_object(message);
        if (inner != nullptr && json_object(*inner, "error") != nullptr) {
            ErrorInfo own = dialect.classify(call, head, message);
            own.retry_after = details.retry_after;
            return own;
        }
    }
    Verdict verdict = dialects::judge_google_status(word).value_or(dialects::judge_status(head.status));
    if (verdict.code == ErrorCode::rate_limit && (details.daily_quota || message.find("PerDay") != std::string::npos)) verdict.retryable = false;
    if (verdict.code == ErrorCode::invalid_request && dialects::says_too_long(message)) verdict = {ErrorCode::context_length, false};
    ErrorInfo out = dialects::describe_failure(call, verdict, head.status,
                                               {.message = message, .type = word, .code = {}, .request_id = dialect.request_id(head), .readable = true});
    out.retry_after = details.retry_after;
    return out;
}

}  // namespace cortex::channels
