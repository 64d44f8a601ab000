#include "exit_code.hpp"

namespace cortex::cli {

int exit_code_for(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::config: return exit_code::usage;
        case ErrorCode::auth: return exit_code::authentication;
        case ErrorCode::rate_limit:
        case ErrorCode::unavailable:
        case ErrorCode::network:
        case ErrorCode::timeout: return exit_code::unavailable;
        case ErrorCode::budget_exceeded:
        case ErrorCode::context_length: return exit_code::limit;
        case ErrorCode::content_filter: return exit_code::refused;
        case ErrorCode::cancelled: return exit_code::interrupted;
        case ErrorCode::unknown:
        case ErrorCode::provider:
        case ErrorCode::model_not_found:
        case ErrorCode::invalid_request:
        case ErrorCode::session_busy:
        case ErrorCode::storage:
        case ErrorCode::protocol: return exit_code::other;
    }
    return exit_code::other;
}

}  // namespace cortex::cli
