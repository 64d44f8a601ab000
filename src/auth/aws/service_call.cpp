#include "auth/aws/service_call.hpp"

#include "auth/aws/settings.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cortex::auth::aws {
namespace {

using std::chrono::milliseconds;

constexpr int attempts = 3;
constexpr milliseconds connect_limit{5'000};

/// botocore 1.44.8 retries/standard.py.
constexpr std::array<std::string_view, 14> throttling = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException"};

bool is_throttling(std::string_view code) noexcept { return std::find(throttling.begin(), throttling.end(), code) != throttling.end(); }

/// A random share of 50 ms (of a second where the service is busy), doubled with each attempt, at most 20 s.
milliseconds pause_before(const World& world, int repeat, bool throttled) {
    const milliseconds base = throttled ? milliseconds(1'000) : milliseconds(50);
    const milliseconds longest = std::min(base * (1 << repeat), milliseconds(20'000));
    const std::string dice = world.random ? world.random(2) : std::string();
    unsigned share = 0xFFFF;
    if (dice.size() == 2) share = (static_cast<unsigned>(static_cast<unsigned char>(dice[0])) << 8U) | static_cast<unsigned char>(dice[1]);
    return milliseconds(longest.count() * static_cast<milliseconds::rep>(share) / 0xFFFF);
}

}  // namespace

Result<Endpoint> service_endpoint(const Asking& asking, EndpointQuery query, std::string_view service_id) {
    const HostKinds kinds = host_kinds(asking.world, asking.options.profile);
    query.fips = kinds.fips;
    query.dual_stack = kinds.dual_stack;
    const auto configured = configured_endpoint(asking.world, service_id, asking.options.profile);
    if (!configured) return endpoint_for(query);
    const auto parts = net::parse_url(configured->value);
    if (!parts || parts->has_user || (!parts->secure() && !iequals(parts->scheme, "http")))
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The address of {} from {} is not a URL. Write one such as https://host.", service_id, configured->source)};
    if (kinds.fips || kinds.dual_stack)
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("{} sets the address of {}, and {} endpoints are asked for as well. Remove one of the two settings.",
                                                configured->source, service_id, kinds.fips ? "FIPS" : "dual-stack")};
    Endpoint out{.url = configured->value, .signing_region = query.region};
    while (out.url.ends_with('/')) out.url.pop_back();
    return out;
}

Verdict judge_status(int status, std::string_view code) noexcept {
    if (status == 429 || is_throttling(code)) return Verdict::throttled;
    return status >= 500 ? Verdict::again : Verdict::done;
}

Result<HttpAnswer> exchange_once(World& world, HttpRequest request, milliseconds connect, milliseconds total) {
    const milliseconds left = world.deadline.left(world.clock->now(), total);
    if (left <= milliseconds(0)) return ErrorInfo{.code = ErrorCode::timeout, .message = "the time allowed for getting credentials is over.", .retryable = true};
    request.deadlines.total = std::min(total, left);
    request.deadlines.connect = std::min(connect, request.deadlines.total);
    return world.web->exchange(std::move(request), world.stop);
}

Result<HttpAnswer> ask_service(World& world, const std::function<HttpRequest()>& request, const std::function<Verdict(const HttpAnswer&)>& judge,
                               milliseconds each) {
    for (int attempt = 1;; ++attempt) {
        Result<HttpAnswer> answer = exchange_once(world, request(), connect_limit, each);
        Verdict verdict = Verdict::done;
        if (answer)
            verdict = judge(*answer);
        else if (answer.error().code == ErrorCode::network && answer.error().retryable)
            verdict = Verdict::again;
        if (verdict == Verdict::done || attempt == attempts || world.stop.stop_requested()) return answer;
        const milliseconds span = pause_before(world, attempt - 1, verdict == Verdict::throttled);
        if (world.deadline.left(world.clock->now(), milliseconds::max()) <= span) return answer;
        if (world.pause) world.pause(span, world.stop);
        if (world.stop.stop_requested()) return ErrorInfo{.code = ErrorCode::cancelled, .message = "the request for credentials was cancelled."};
    }
}

ErrorInfo service_failure(const ServiceError& said, int status, std::string_view what, std::string_view remedy) {
    ErrorInfo error;
    error.code = ErrorCode::auth;
    if (status >= 500) error.code = ErrorCode::unavailable;
    if (judge_status(status, said.code) == Verdict::throttled) error.code = ErrorCode::rate_limit;
    error.retryable = error.code != ErrorCode::auth;
    error.http_status = status;
    error.request_id = said.request_id;
    std::string reason = said.code;
    if (!said.message.empty()) reason += (reason.empty() ? "" : ": ") + std::string(utf8_prefix(said.message, 300));
    while (reason.ends_with('.')) reason.pop_back();
    error.message = fmt::format("{} (HTTP {}{}{}). {}", what, status, reason.empty() ? "" : ", ", reason, error.retryable ? "Try again later." : remedy);
    return error;
}

ErrorInfo unreachable(ErrorInfo failure, std::string_view what) {
    failure.message = fmt::format("{}: {}", what, failure.message);
    return failure;
}

}  // namespace cortex::auth::aws
