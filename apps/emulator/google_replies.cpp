#include "google_replies.hpp"

#include <cstdio>

namespace emulator {

namespace {

std::string seconds_text(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9gs", seconds);
    return text;
}

}  // namespace

Reply google_json(int status, const json::value& body) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "application/json; charset=UTF-8"}};
    reply.pieces = {json::serialize(body)};
    return reply;
}

Reply token_answer(const GoogleState& state, std::string_view token, std::int64_t expires_in,
                   const json::object& more) {
    json::object body{{"access_token", token}, {"expires_in", expires_in}, {"token_type", "Bearer"}};
    if (state.switches.expires_in_as_text) {
        body["expires_in"] = std::to_string(expires_in);
    }
    for (const auto& item : more) {
        body[item.key()] = item.value();
    }
    return google_json(200, body);
}

void refuse_token(int status, std::string_view code, std::string_view description, std::string_view subtype) {
    json::object body{{"error", code}, {"error_description", description}};
    if (!subtype.empty()) {
        body["error_subtype"] = subtype;
    }
    throw Refused(google_json(status, body));
}

std::string_view google_status(int status) noexcept {
    switch (status) {
        case 400:
        case 413: return "INVALID_ARGUMENT";
        case 401: return "UNAUTHENTICATED";
        case 403: return "PERMISSION_DENIED";
        case 404: return "NOT_FOUND";
        case 409: return "ABORTED";
        case 429: return "RESOURCE_EXHAUSTED";
        case 499: return "CANCELLED";
        case 503:
        case 529: return "UNAVAILABLE";
        case 504: return "DEADLINE_EXCEEDED";
        default: return status >= 500 ? "INTERNAL" : "UNKNOWN";
    }
}

Reply google_error(const GoogleSwitches& switches, int status, std::string_view message, std::string_view status_word,
                   std::string_view reason) {
    json::array details;
    if (!reason.empty()) {
        details.push_back(json::object{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                                       {"reason", reason},
                                       {"domain", "googleapis.com"},
                                       {"metadata", json::object{{"service", "aiplatform.googleapis.com"}}}});
    }
    if (switches.retry_info_seconds > 0) {
        details.push_back(json::object{{"@type", "type.googleapis.com/google.rpc.RetryInfo"},
                                       {"retryDelay", seconds_text(switches.retry_info_seconds)}});
    }
    json::object error{{"code", status},
                       {"message", message},
                       {"status", status_word.empty() ? google_status(status) : status_word}};
    if (!details.empty()) {
        error["details"] = std::move(details);
    }
    json::value body = json::object{{"error", std::move(error)}};
    if (switches.error_shape == "google_array") {
        body = json::array{std::move(body)};
    }
    return google_json(status, body);
}

}  // namespace emulator
