#include "dialects/anthropic/errors.hpp"

#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/turns.hpp"

#include <array>
#include <optional>

namespace cortex::dialects::anthropic {
namespace {

struct TypeRow {
    std::string_view type;
    Verdict verdict;
};

// Anthropic API, "Errors"; the repeats are those of the official SDKs.
constexpr std::array<TypeRow, 11> types{{
    {"invalid_request_error", {ErrorCode::invalid_request, false}},
    {"authentication_error", {ErrorCode::auth, false}},
    {"billing_error", {ErrorCode::provider, false}},
    {"permission_error", {ErrorCode::auth, false}},
    {"not_found_error", {ErrorCode::model_not_found, false}},
    {"request_too_large", {ErrorCode::invalid_request, false}},
    {"rate_limit_error", {ErrorCode::rate_limit, true}},
    {"conflict_error", {ErrorCode::unavailable, true}},
    {"timeout_error", {ErrorCode::unavailable, true}},
    {"api_error", {ErrorCode::unavailable, true}},
    {"overloaded_error", {ErrorCode::unavailable, true}},
}};

std::optional<Verdict> judge_type(std::string_view type) noexcept {
    for (const TypeRow& row : types)
        if (row.type == type) return row.verdict;
    return std::nullopt;
}

/// Limits that waiting does not lift. They come as 429 without `retry-after`.
bool is_spend_limit(std::string_view code) noexcept {
    return code == "enforced_spend_limit_reached" || code == "contract_spend_limit_reached";
}

VendorError read_envelope(const JsonObject& envelope) {
    VendorError vendor;
    vendor.request_id = json_text_or_empty(envelope, "request_id");
    if (const JsonObject* error = json_object(envelope, "error")) {
        vendor.readable = true;
        vendor.type = json_text_or_empty(*error, "type");
        vendor.message = json_text_or_empty(*error, "message");
        if (const JsonObject* details = json_object(*error, "details"))
            vendor.code = json_text_or_empty(*details, "error_code");
    } else if (const auto text = json_text(envelope, "error")) {
        vendor.readable = true;
        vendor.message = *text;
    }
    return vendor;
}

/// What the words add to a verdict.
Verdict refine(Verdict verdict, const VendorError& vendor) {
    if (verdict.code == ErrorCode::invalid_request && says_too_long(vendor.message))
        return {ErrorCode::context_length, false};
    if (verdict.code == ErrorCode::rate_limit && is_spend_limit(vendor.code)) return {ErrorCode::rate_limit, false};
    // A file or thread that is gone says nothing of the model.
    if (verdict.code == ErrorCode::model_not_found &&
        (vendor.code == "file_expired" || vendor.code == "thread_not_found"))
        return {ErrorCode::invalid_request, false};
    if (vendor.code == "skill_read_blocked_undecryptable") verdict.retryable = false;
    return verdict;
}

bool sends_thinking(const ModelCall& call) {
    for (const Turn& turn : legal_turns(call, true))
        for (const ContentBlock* block : turn.blocks)
            if (block->as<ThinkingBlock>() != nullptr || block->as<RedactedThinkingBlock>() != nullptr) return true;
    return false;
}

}  // namespace

Remedy remedy_of(const ModelCall& call, const HttpHead& head, std::string_view body) {
    if (head.status != 400 || call.without_thinking_blocks) return Remedy::none;
    if (call.params.thinking_form() == LegalParams::ThinkingForm::budget) return Remedy::none;
    JsonParser parser;
    const JsonObject* envelope = parser.parse_object(body);
    if (envelope == nullptr) return Remedy::none;
    // The service gives no code for it; the words are all there is.
    const std::string words = to_lower(read_envelope(*envelope).message);
    const auto says = [&](std::string_view sign) { return words.find(sign) != std::string::npos; };
    const bool misplaced = says("bound to a different") || (says("thinking") && says("cannot be modified")) ||
                           (says("thinking` block") && (says("invalid `signature`") || says("invalid `data`")));
    return misplaced && sends_thinking(call) ? Remedy::drop_thinking_blocks : Remedy::none;
}

bool is_error_envelope(const JsonObject& object) noexcept {
    return json_text_or_empty(object, "type") == "error" ||
           (json_member(object, "error") != nullptr && json_member(object, "content") == nullptr);
}

ErrorInfo classify_envelope(const ModelCall& call, const JsonObject& envelope) {
    const VendorError vendor = read_envelope(envelope);
    const Verdict verdict = judge_type(vendor.type).value_or(Verdict{ErrorCode::provider, false});
    return describe_failure(call, refine(verdict, vendor), 0, vendor);
}

ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body) {
    JsonParser parser;
    VendorError vendor;
    if (const JsonObject* object = parser.parse_object(body)) vendor = read_envelope(*object);
    if (!vendor.readable) vendor.message = readable_text(body, head.content_type());

    // The status decides; the envelope's type only where the status says nothing of its own.
    Verdict verdict = judge_status(head.status);
    if (verdict.code == ErrorCode::provider && head.status != 402) verdict = judge_type(vendor.type).value_or(verdict);
    verdict = refine(verdict, vendor);
    if (const auto wish = vendor_retry_wish(head); wish && !is_spend_limit(vendor.code)) verdict.retryable = *wish;

    ErrorInfo error = describe_failure(call, verdict, head.status, vendor);
    if (const auto id = head.header("request-id")) error.request_id = *id;
    return error;
}

}  // namespace cortex::dialects::anthropic
