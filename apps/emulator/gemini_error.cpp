#include "gemini_error.hpp"

namespace emulator {

namespace {

constexpr std::string_view types = "type.googleapis.com/google.rpc.";

std::string type_name(std::string_view name) { return std::string(types) + std::string(name); }

}  // namespace

json::object gemini_error_body(int status, std::string_view message, std::string_view status_word,
                               json::array details) {
    json::object error{
        {"code", status}, {"message", message}, {"status", status_word.empty() ? google_status(status) : status_word}};
    if (!details.empty()) {
        error["details"] = std::move(details);
    }
    return {{"error", std::move(error)}};
}

Reply gemini_error(int status, std::string_view message, std::string_view status_word, json::array details) {
    return google_json(status, gemini_error_body(status, message, status_word, std::move(details)));
}

json::object error_info(std::string_view reason, std::string_view service) {
    return {{"@type", type_name("ErrorInfo")},
            {"reason", reason},
            {"domain", "googleapis.com"},
            {"metadata", json::object{{"service", service}}}};
}

json::object retry_info(std::string_view duration) {
    return {{"@type", type_name("RetryInfo")}, {"retryDelay", duration}};
}

json::object quota_failure(std::string_view id, std::string_view metric, std::string_view value) {
    return {{"@type", type_name("QuotaFailure")},
            {"violations", json::array{json::object{{"quotaMetric", metric}, {"quotaId", id}, {"quotaValue", value}}}}};
}

void refuse_argument(std::string_view message) { throw Refused(gemini_error(400, message)); }

void refuse_field(std::string_view field, std::string_view message) {
    json::object violation{{"description", message}};
    if (!field.empty()) {
        violation["field"] = field;
    }
    throw Refused(gemini_error(
        400, message, {},
        {json::object{{"@type", type_name("BadRequest")}, {"fieldViolations", json::array{std::move(violation)}}}}));
}

void refuse_content(std::string_view field, std::string_view message) {
    refuse_argument("* GenerateContentRequest." + std::string(field) + ": " + std::string(message) + "\n");
}

}  // namespace emulator
