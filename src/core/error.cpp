#include <cortex/error.hpp>

#include <utility>

namespace cortex {

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::unknown: return "unknown";
        case ErrorCode::config: return "config";
        case ErrorCode::provider: return "provider";
        case ErrorCode::auth: return "auth";
        case ErrorCode::rate_limit: return "rate_limit";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::model_not_found: return "model_not_found";
        case ErrorCode::invalid_request: return "invalid_request";
        case ErrorCode::context_length: return "context_length";
        case ErrorCode::content_filter: return "content_filter";
        case ErrorCode::network: return "network";
        case ErrorCode::timeout: return "timeout";
        case ErrorCode::cancelled: return "cancelled";
        case ErrorCode::budget_exceeded: return "budget_exceeded";
        case ErrorCode::session_busy: return "session_busy";
        case ErrorCode::storage: return "storage";
        case ErrorCode::protocol: return "protocol";
    }
    return "unknown";
}

Error::Error(ErrorInfo info) : std::runtime_error(info.message), info_(std::move(info)) {}

void throw_error(ErrorInfo info) {
    switch (info.code) {
        case ErrorCode::unknown: throw Error(std::move(info));
        case ErrorCode::config: throw ConfigError(std::move(info));
        case ErrorCode::provider: throw ProviderError(std::move(info));
        case ErrorCode::auth: throw ProviderAuthError(std::move(info));
        case ErrorCode::rate_limit: throw RateLimitError(std::move(info));
        case ErrorCode::unavailable: throw ServiceUnavailableError(std::move(info));
        case ErrorCode::model_not_found: throw ModelNotFoundError(std::move(info));
        case ErrorCode::invalid_request: throw InvalidRequestError(std::move(info));
        case ErrorCode::context_length: throw ContextLengthError(std::move(info));
        case ErrorCode::content_filter: throw ContentFilterError(std::move(info));
        case ErrorCode::network: throw NetworkError(std::move(info));
        case ErrorCode::timeout: throw TimeoutError(std::move(info));
        case ErrorCode::cancelled: throw CancelledError(std::move(info));
        case ErrorCode::budget_exceeded: throw BudgetExceededError(std::move(info));
        case ErrorCode::session_busy: throw SessionBusyError(std::move(info));
        case ErrorCode::storage: throw StorageError(std::move(info));
        case ErrorCode::protocol: throw ProtocolError(std::move(info));
    }
    throw Error(std::move(info));
}

}  // namespace cortex
