#pragma once
// Replies, errors and keys as api.openai.com has them.

#include "http.hpp"
#include "json_util.hpp"
#include "keys.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace emulator::openai {

[[nodiscard]] Reply json_reply(int status, std::string body, const std::string& request_id);

/// {"error": {message, type, param, code}}; empty texts are null.
[[nodiscard]] json::object error_body(std::string_view type, std::string_view message, std::string_view param = {},
                                      std::string_view code = {});
[[nodiscard]] Reply error(int status, std::string_view type, std::string_view message, const std::string& request_id,
                          std::string_view param = {}, std::string_view code = {});
/// The type that the service gives this status.
[[nodiscard]] std::string_view type_of(int status) noexcept;

/// The bearer key, or nothing if none was sent and none is needed. Throws Rejection 401.
[[nodiscard]] std::string authorize(const HttpRequest& request, const KeyRing& keys, bool needs_key);

/// The body, if it is a JSON object in good UTF-8.
[[nodiscard]] std::optional<json::object> parsed(const HttpRequest& request);

/// Throws Rejection for a wrong content type, a body that is too large, or one that was not `parsed`.
void check_body(const HttpRequest& request, const std::optional<json::object>& body);

/// x-ratelimit-*, with resets as Go writes durations.
void add_rate_headers(Reply& reply);

}  // namespace emulator::openai
