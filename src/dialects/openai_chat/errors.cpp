#include "dialects/openai_chat/errors.hpp"

#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/openai_chat/error_body.hpp"
#include "dialects/openai_failure.hpp"

#include <utility>

namespace cortex::dialects::openai_chat {
namespace {

/// An HTTP status that an object names as its code, or 0.
int named_status(const VendorError& vendor) noexcept {
    if (vendor.code.size() != 3 || (vendor.code[0] != '4' && vendor.code[0] != '5')) return 0;
    int status = 0;
    for (const char c : vendor.code) {
        if (c < '0' || c > '9') return 0;
        status = status * 10 + (c - '0');
    }
    return status;
}

/// Servers' own words beside those that `says_too_long` knows. Ollama; LM Studio, before and while it answers.
bool says_too_long_here(std::string_view message) {
    const std::string lower = to_lower(message.substr(0, 4096));
    for (const std::string_view sign : {"input length exceeds", "greater than the context length", "context size has been exceeded"})
        if (lower.find(sign) != std::string::npos) return true;
    return false;
}

/// What Azure, local servers and routers add to OpenAI's own errors.
Verdict judge(int status, const ErrorBody& body) {
    if (body.moderated) return {ErrorCode::content_filter, false};
    if (says_too_long_here(body.vendor.message)) return {ErrorCode::context_length, false};
    // What a server cannot do at all: no repeat will help.
    if (body.vendor.message.find("requires --jinja") != std::string::npos) return {ErrorCode::invalid_request, false};
    return judge_openai_error(status, body.vendor);
}

}  // namespace

bool is_error_object(const JsonObject& object) noexcept {
    if (const JsonValue* error = json_member(object, "error")) return error->is_object() || error->is_string();
    if (json_text_or_empty(object, "object") == "error") return true;
    return json_member(object, "choices") == nullptr &&
           (json_text(object, "message") || json_member(object, "detail") != nullptr);
}

ErrorInfo classify_object(const ModelCall& call, const JsonObject& object) {
    const ErrorBody body = read_error(object);
    const int status = named_status(body.vendor);
    return describe_failure(call, judge(status, body), status, body.vendor);
}

ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view text) {
    const ErrorBody body = read_error(text, head.content_type());
    Verdict verdict = judge(head.status, body);
    if (const auto wish = vendor_retry_wish(head);
        wish && !(verdict.code == ErrorCode::rate_limit && !verdict.retryable))
        verdict.retryable = *wish;
    ErrorInfo error = describe_failure(call, verdict, head.status, body.vendor);
    if (auto id = request_id_in(head); !id.empty()) error.request_id = std::move(id);
    return error;
}

std::string request_id_in(const HttpHead& head) {
    for (const std::string_view name : {"x-request-id", "request-id", "x-generation-id", "mistral-correlation-id"})
        if (const auto id = head.header(name); id && !id->empty()) return std::string(*id);
    return {};
}

}  // namespace cortex::dialects::openai_chat
