#pragma once
// The forms in which the Gemini services refuse: an error with the details that google.rpc defines.

#include "google_replies.hpp"
#include "json_util.hpp"

#include <string>
#include <string_view>

namespace emulator {

/// {"error": {"code", "message", "status", "details"}}
[[nodiscard]] json::object gemini_error_body(int status, std::string_view message, std::string_view status_word = {},
                                             json::array details = {});
[[nodiscard]] Reply gemini_error(int status, std::string_view message, std::string_view status_word = {},
                                 json::array details = {});

/// google.rpc.ErrorInfo of this service.
[[nodiscard]] json::object error_info(std::string_view reason, std::string_view service);
[[nodiscard]] json::object retry_info(std::string_view duration);
/// `id`: of the quota, for example GenerateRequestsPerDayPerProjectPerModel.
[[nodiscard]] json::object quota_failure(std::string_view id, std::string_view metric, std::string_view value);

/// 400 INVALID_ARGUMENT. Throws Refused.
[[noreturn]] void refuse_argument(std::string_view message);

/// 400 INVALID_ARGUMENT with a BadRequest that names the field. Throws Refused.
[[noreturn]] void refuse_field(std::string_view field, std::string_view message);

/// 400 in the form of the service's own validation: "* GenerateContentRequest.<field>: <message>". Throws Refused.
[[noreturn]] void refuse_content(std::string_view field, std::string_view message);

}  // namespace emulator
