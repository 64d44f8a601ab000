#include "error_report.hpp"

namespace cortex::cli {
namespace {

/// A JSON string. Vendors' words are UTF-8 by the time they are in an error; control characters are escaped.
std::string in_quotes(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (character == '\n') {
            out += "\\n";
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        } else {
            out += character;
        }
    }
    out += '"';
    return out;
}

std::string quoted_or_null(std::string_view text) { return text.empty() ? "null" : in_quotes(text); }

}  // namespace

std::string_view class_name(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::unknown: return "Error";
        case ErrorCode::config: return "ConfigError";
        case ErrorCode::provider: return "ProviderError";
        case ErrorCode::auth: return "ProviderAuthError";
        case ErrorCode::rate_limit: return "RateLimitError";
        case ErrorCode::unavailable: return "ServiceUnavailableError";
        case ErrorCode::model_not_found: return "ModelNotFoundError";
        case ErrorCode::invalid_request: return "InvalidRequestError";
        case ErrorCode::context_length: return "ContextLengthError";
        case ErrorCode::content_filter: return "ContentFilterError";
        case ErrorCode::network: return "NetworkError";
        case ErrorCode::timeout: return "TimeoutError";
        case ErrorCode::cancelled: return "CancelledError";
        case ErrorCode::budget_exceeded: return "BudgetExceededError";
        case ErrorCode::session_busy: return "SessionBusyError";
        case ErrorCode::storage: return "StorageError";
        case ErrorCode::protocol: return "ProtocolError";
    }
    return "Error";
}

std::string error_json(const ErrorInfo& error) {
    std::string out = R"({"error":{"code":)" + in_quotes(to_string(error.code));
    out += R"(,"type":)" + in_quotes(class_name(error.code));
    out += R"(,"message":)" + in_quotes(error.message);
    out += R"(,"provider":)" + quoted_or_null(error.provider);
    out += R"(,"model":)" + quoted_or_null(error.model);
    out += R"(,"http_status":)" + (error.http_status == 0 ? std::string("null") : std::to_string(error.http_status));
    out += R"(,"request_id":)" + quoted_or_null(error.request_id);
    out += R"(,"retryable":)" + std::string(error.retryable ? "true" : "false");
    out += R"(,"retry_after_ms":)" +
           (error.retry_after ? std::to_string(error.retry_after->count()) : std::string("null"));
    return out + "}}";
}

}  // namespace cortex::cli
