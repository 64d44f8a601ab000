#include "dialects/google_status.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace cortex::dialects {
namespace {

struct StatusRow {
    std::string_view word;
    Verdict verdict;
};

constexpr std::array<StatusRow, 13> statuses{{
    {"INVALID_ARGUMENT", {ErrorCode::invalid_request, false}},
    {"FAILED_PRECONDITION", {ErrorCode::invalid_request, false}},
    {"OUT_OF_RANGE", {ErrorCode::invalid_request, false}},
    {"UNAUTHENTICATED", {ErrorCode::auth, false}},
    {"PERMISSION_DENIED", {ErrorCode::auth, false}},
    {"NOT_FOUND", {ErrorCode::model_not_found, false}},
    {"RESOURCE_EXHAUSTED", {ErrorCode::rate_limit, true}},
    {"ABORTED", {ErrorCode::unavailable, true}},
    {"CANCELLED", {ErrorCode::unavailable, true}},
    {"DEADLINE_EXCEEDED", {ErrorCode::unavailable, true}},
    {"INTERNAL", {ErrorCode::unavailable, true}},
    {"UNAVAILABLE", {ErrorCode::unavailable, true}},
    {"UNKNOWN", {ErrorCode::unavailable, true}},
}};

}  // namespace

std::optional<Verdict> judge_google_status(std::string_view word) noexcept {
    for (const StatusRow& row : statuses)
        if (row.word == word) return row.verdict;
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> protobuf_duration(std::string_view text) {
    if (!text.ends_with('s')) return std::nullopt;
    text.remove_suffix(1);
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double longest = 1e9;
    if (error != std::errc() || end != text.data() + text.size() || !(seconds > 0) || seconds > longest) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000.0)));
}

}  // namespace cortex::dialects
