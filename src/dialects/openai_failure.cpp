#include "dialects/openai_failure.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace cortex::dialects {
namespace {

struct WordRow {
    std::string_view word;   // `code` or `type` of an error object
    Verdict verdict;
};

// OpenAI API, "Error codes", and what Azure, vLLM and llama.cpp say in their place.
constexpr std::array<WordRow, 12> stronger_than_status{{
    {"insufficient_quota", {ErrorCode::rate_limit, false}},
    {"credit_balance_exhausted", {ErrorCode::rate_limit, false}},
    {"billing_hard_limit_reached", {ErrorCode::rate_limit, false}},
    {"context_length_exceeded", {ErrorCode::context_length, false}},
    {"exceed_context_size_error", {ErrorCode::context_length, false}},
    {"model_not_found", {ErrorCode::model_not_found, false}},
    {"DeploymentNotFound", {ErrorCode::model_not_found, false}},
    {"content_filter", {ErrorCode::content_filter, false}},
    {"content_policy_violation", {ErrorCode::content_filter, false}},
    {"bio_policy", {ErrorCode::content_filter, false}},
    {"misalignment_policy_violation", {ErrorCode::content_filter, false}},
    {"not_supported_error", {ErrorCode::invalid_request, false}},
}};

// Where there is no status: inside a stream.
constexpr std::array<WordRow, 18> where_no_status_is{{
    {"rate_limit_exceeded", {ErrorCode::rate_limit, true}},
    {"rate_limit_error", {ErrorCode::rate_limit, true}},
    {"too_many_requests", {ErrorCode::rate_limit, true}},
    {"server_error", {ErrorCode::unavailable, true}},
    {"server_is_overloaded", {ErrorCode::unavailable, true}},
    {"slow_down", {ErrorCode::unavailable, true}},
    {"overloaded_error", {ErrorCode::unavailable, true}},
    {"unavailable_error", {ErrorCode::unavailable, true}},
    {"vector_store_timeout", {ErrorCode::unavailable, true}},
    {"api_error", {ErrorCode::unavailable, true}},
    {"InternalServerError", {ErrorCode::unavailable, true}},
    {"invalid_api_key", {ErrorCode::auth, false}},
    {"authentication_error", {ErrorCode::auth, false}},
    {"permission_error", {ErrorCode::auth, false}},
    {"data_residency_mismatch", {ErrorCode::invalid_request, false}},
    {"invalid_prompt", {ErrorCode::invalid_request, false}},
    {"invalid_request_error", {ErrorCode::invalid_request, false}},
    {"BadRequestError", {ErrorCode::invalid_request, false}},
}};

template <std::size_t N>
std::optional<Verdict> judge_word(const VendorError& vendor, const std::array<WordRow, N>& rows) noexcept {
    // The code is the finer word.
    for (const std::string& word : {vendor.code, vendor.type})
        for (const WordRow& row : rows)
            if (row.word == word) return row.verdict;
    return std::nullopt;
}

std::string spelled(const JsonObject& object, std::string_view name) {
    if (const auto text = json_text(object, name)) return std::string(*text);
    if (const auto number = json_integer(object, name)) return std::to_string(*number);
    return {};
}

/// FastAPI's list of complaints: [{"loc":["body","x"],"msg":"..."}].
std::string first_complaint(const JsonArray& list) {
    const JsonObject* first = list.empty() ? nullptr : list.front().if_object();
    return std::string(first == nullptr ? std::string_view() : json_text_or_empty(*first, "msg"));
}

/// An HTTP status that an object names as its code, or 0.
int named_status(const VendorError& vendor) noexcept {
    const std::string& code = vendor.code;
    const bool number = code.size() == 3 && (code[0] == '4' || code[0] == '5') &&
                        std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    return number ? (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0') : 0;
}

/// What the words of a refused request add.
Verdict refine(Verdict verdict, const VendorError& vendor) {
    const std::string words = to_lower(std::string_view(vendor.message).substr(0, 4096));
    const auto says = [&](std::string_view sign) { return words.find(sign) != std::string::npos; };
    if (verdict.code == ErrorCode::invalid_request) {
        if (vendor.code == "invalid_prompt" && (says("usage polic") || says("flagged")))
            return {ErrorCode::content_filter, false};
        // xAI answers 400 where others say 401.
        if (says("incorrect api key")) return {ErrorCode::auth, false};
    }
    // 404 for an item of the history: it says nothing of the model.
    if (verdict.code == ErrorCode::model_not_found && says("item with id")) return {ErrorCode::invalid_request, false};
    return verdict;
}

}  // namespace

VendorError read_openai_error(const JsonObject& object) {
    VendorError vendor;
    vendor.readable = true;
    const JsonObject* holder = json_object(object, "error");
    if (holder != nullptr) {
        vendor.message = json_text_or_empty(*holder, "message");
    } else if (const auto text = json_text(object, "error")) {
        vendor.message = *text;
    } else if (const auto message = json_text(object, "message")) {
        vendor.message = *message;
    } else if (const auto detail = json_text(object, "detail")) {
        vendor.message = *detail;
    } else if (const JsonArray* list = json_array(object, "detail")) {
        vendor.message = first_complaint(*list);
        vendor.readable = !vendor.message.empty();
    } else {
        vendor.readable = false;
    }
    const JsonObject& words = holder != nullptr ? *holder : object;
    vendor.type = spelled(words, "type");
    vendor.code = spelled(words, "code");
    if (vendor.type == "error") vendor.type.clear();   // the event's, not the error's
    vendor.request_id = json_text_or_empty(object, "request_id");
    return vendor;
}

std::string blamed_member(const JsonObject& object) {
    const JsonObject* holder = json_object(object, "error");
    return std::string(json_text_or_empty(holder != nullptr ? *holder : object, "param"));
}

Verdict judge_openai_error(int status, const VendorError& vendor) {
    if (const auto verdict = judge_word(vendor, stronger_than_status)) return *verdict;
    if (says_too_long(vendor.message)) return {ErrorCode::context_length, false};
    if (status == 501) return {ErrorCode::invalid_request, false};   // what a server cannot do at all
    if (status > 0) {
        const Verdict verdict = refine(judge_status(status), vendor);
        if (verdict.code != ErrorCode::provider || status == 402) return verdict;
    }
    return refine(judge_word(vendor, where_no_status_is).value_or(Verdict{ErrorCode::provider, false}), vendor);
}

ErrorInfo classify_openai_object(const ModelCall& call, const JsonObject& object) {
    const VendorError vendor = read_openai_error(object);
    const int status = named_status(vendor);
    return describe_failure(call, judge_openai_error(status, vendor), status, vendor);
}

ErrorInfo classify_openai_answer(const ModelCall& call, const HttpHead& head, std::string_view body) {
    JsonParser parser;
    VendorError vendor;
    const JsonValue* value = parser.parse(body);
    const JsonObject* object = value == nullptr ? nullptr : value->if_object();
    if (value != nullptr && value->is_array() && !value->get_array().empty())
        object = value->get_array().front().if_object();
    if (object != nullptr) vendor = read_openai_error(*object);
    if (!vendor.readable) vendor.message = readable_text(body, head.content_type());

    Verdict verdict = judge_openai_error(head.status, vendor);
    const bool used_up = verdict.code == ErrorCode::rate_limit && !verdict.retryable;
    if (const auto wish = vendor_retry_wish(head); wish && !used_up) verdict.retryable = *wish;
    ErrorInfo error = describe_failure(call, verdict, head.status, vendor);
    if (std::string id = openai_request_id(head); !id.empty()) error.request_id = std::move(id);
    return error;
}

std::string openai_request_id(const HttpHead& head) {
    for (const std::string_view name : {"x-request-id", "apim-request-id"})
        if (const auto id = head.header(name); id && !id->empty()) return std::string(*id);
    return {};
}

}  // namespace cortex::dialects
