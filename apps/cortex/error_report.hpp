#pragma once

#include <cortex/error.hpp>

#include <string>
#include <string_view>

namespace cortex::cli {

/// The class of a thrown error: "RateLimitError".
std::string_view class_name(ErrorCode code) noexcept;

/// {"error":{"code":...,"type":...,"message":...,"provider":...,"model":...,"http_status":...,"request_id":...,"retryable":...}}
/// Absent ones are null.
std::string error_json(const ErrorInfo& error);

}  // namespace cortex::cli
