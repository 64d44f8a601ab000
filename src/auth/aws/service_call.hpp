#pragma once

#include "auth/aws/asking.hpp"
#include "auth/aws/endpoints.hpp"
#include "auth/aws/service_error.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// Where a service is asked: the URL that environment or profile set (AWS_ENDPOINT_URL_<ID>, ...), else AWS's own host, with FIPS
/// and dual stack as environment or profile want them. No slash at the end. Fails with a ConfigError.
Result<Endpoint> service_endpoint(const Asking& asking, EndpointQuery query, std::string_view service_id);

/// What an answer calls for.
enum class Verdict { done, again, throttled };

/// Asks a service until it says something of use: at most three attempts, with the pauses of AWS's standard mode (botocore 1.44.8
/// retries/standard.py). `request` is called for each attempt; an answer that `judge` would have repeated is returned in the end.
/// Connections that fail are repeated too, answers that do not come in time are not.
Result<HttpAnswer> ask_service(World& world, const std::function<HttpRequest()>& request, const std::function<Verdict(const HttpAnswer&)>& judge,
                               std::chrono::milliseconds each = std::chrono::seconds(30));
/// By status and error code: 5xx, 429 and the throttling codes are repeated.
Verdict judge_status(int status, std::string_view code) noexcept;

/// One attempt, never longer than `total`, or than the world's deadline.
Result<HttpAnswer> exchange_once(World& world, HttpRequest request, std::chrono::milliseconds connect, std::chrono::milliseconds total);

/// The failure that an answer is. `what`: "AWS STS refused to assume role x", `remedy`: a sentence. 5xx is `unavailable`,
/// throttling `rate_limit`, all else `auth`.
ErrorInfo service_failure(const ServiceError& said, int status, std::string_view what, std::string_view remedy);

/// A failure of the transport, with who was asked in front.
ErrorInfo unreachable(ErrorInfo failure, std::string_view what);

}  // namespace cortex::auth::aws
