#include "dialects/openai_chat/errors.hpp"

#include "core/text.hpp"
#include "dialects/failure.hpp"
#include "dialects/turns.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace cortex::dialects::openai_chat {
namespace {

struct WordRow {
    std::string_view word;   // `code` or `type` of an error object
    Verdict verdict;
};

// What the words say more than the status does, or against it. OpenAI's error codes; llama.cpp's, vLLM's and Ollama's
// types.
constexpr std::array<WordRow, 27> words{{
    {"insufficient_quota", {ErrorCode::rate_limit, false}},
    {"credit_balance_exhausted", {ErrorCode::rate_limit, false}},
    {"billing_hard_limit_reached", {ErrorCode::rate_limit, false}},
    {"context_length_exceeded", {ErrorCode::context_length, false}},
    {"exceed_context_size_error", {ErrorCode::context_length, false}},
    {"model_not_found", {ErrorCode::model_not_found, false}},
    {"content_filter", {ErrorCode::content_filter, false}},
    {"content_policy_violation", {ErrorCode::content_filter, false}},
    {"not_supported_error", {ErrorCode::invalid_request, false}},
    {"rate_limit_exceeded", {ErrorCode::rate_limit, true}},
    {"rate_limit_error", {ErrorCode::rate_limit, true}},
    {"server_is_overloaded", {ErrorCode::unavailable, true}},
    {"overloaded_error", {ErrorCode::unavailable, true}},
    {"slow_down", {ErrorCode::unavailable, true}},
    {"server_error", {ErrorCode::unavailable, true}},
    {"unavailable_error", {ErrorCode::unavailable, true}},
    {"api_error", {ErrorCode::unavailable, true}},
    {"InternalServerError", {ErrorCode::unavailable, true}},
    {"invalid_api_key", {ErrorCode::auth, false}},
    {"authentication_error", {ErrorCode::auth, false}},
    {"permission_error", {ErrorCode::auth, false}},
    {"not_found_error", {ErrorCode::model_not_found, false}},
    {"NotFoundError", {ErrorCode::model_not_found, false}},
    {"invalid_request_error", {ErrorCode::invalid_request, false}},
    {"BadRequestError", {ErrorCode::invalid_request, false}},
    {"unsupported_parameter", {ErrorCode::invalid_request, false}},
    {"tool_use_failed", {ErrorCode::invalid_request, false}},
}};
/// The first of them count whatever the status.
constexpr std::size_t stronger_than_status = 9;

std::optional<Verdict> judge_word(const VendorError& vendor, std::size_t rows) noexcept {
    for (std::size_t i = 0; i < rows; ++i)
        if (words[i].word == vendor.code || words[i].word == vendor.type) return words[i].verdict;
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

VendorError read_object(const JsonObject& object) {
    VendorError vendor;
    const JsonObject* holder = json_object(object, "error");
    if (holder != nullptr) {
        vendor.message = json_text_or_empty(*holder, "message");
        vendor.readable = true;
    } else if (const auto text = json_text(object, "error")) {
        vendor.message = *text;
        vendor.readable = true;
    } else if (const auto message = json_text(object, "message")) {
        vendor.message = *message;
        vendor.readable = true;
    } else if (const auto detail = json_text(object, "detail")) {
        vendor.message = *detail;
        vendor.readable = true;
    } else if (const JsonArray* list = json_array(object, "detail")) {
        vendor.message = first_complaint(*list);
        vendor.readable = !vendor.message.empty();
    }
    const JsonObject& words_holder = holder != nullptr ? *holder : object;
    vendor.type = spelled(words_holder, "type");
    vendor.code = spelled(words_holder, "code");
    if (vendor.type.empty() && holder != nullptr) vendor.type = spelled(object, "type");
    vendor.request_id = json_text_or_empty(object, "request_id");
    return vendor;
}

/// An HTTP status that an object names as its code, or 0.
int named_status(const VendorError& vendor) noexcept {
    if (vendor.code.size() != 3 || (vendor.code[0] != '4' && vendor.code[0] != '5')) return 0;
    int status = 0;
    for (const char c : vendor.code) {
        if (c < '0' || c > '9') return 0;
        status = status * 10 + (c - '0');
    }
    return status;
}

Verdict judge(int status, const VendorError& vendor) {
    if (const auto verdict = judge_word(vendor, stronger_than_status)) return *verdict;
    if (says_too_long(vendor.message)) return {ErrorCode::context_length, false};
    // What a server cannot do at all: no repeat will help.
    if (status == 501 || vendor.message.find("requires --jinja") != std::string::npos)
        return {ErrorCode::invalid_request, false};
    if (status > 0) {
        const Verdict verdict = judge_status(status);
        if (verdict.code != ErrorCode::provider || status == 402) return verdict;
    }
    return judge_word(vendor, words.size()).value_or(Verdict{ErrorCode::provider, false});
}

// How servers say that a model or a set-up takes no tools. Ollama: "... does not support tools" (400); vLLM: "... tool
// choice requires --enable-auto-tool-choice ..." (400); llama.cpp before 2026: "tools param requires --jinja flag" (500);
// Groq: "`tool calling` is not supported with this model" (400); OpenRouter: "No endpoints found that support tool use" (404).
constexpr std::array<std::string_view, 8> no_tools{
    "does not support tool",          "do not support tool",
    "--enable-auto-tool-choice",      "requires --jinja",
    "tool calling` is not supported", "tool calling is not supported",
    "tools are not supported",        "endpoints found that support tool"};

}  // namespace

Remedy remedy_of(const ModelCall& call, const Options& options, const HttpHead& head, std::string_view body) {
    constexpr std::size_t longest_read = 16 * 1024;
    if (head.status < 400 || head.status == 401 || head.status == 403 || head.status == 408 || head.status == 429)
        return Remedy::none;
    const std::string refusal = to_lower(body.substr(0, longest_read));
    const auto says = [&](std::string_view sign) { return refusal.find(sign) != std::string::npos; };
    if (call.stream && options.stream_usage && !call.without_stream_usage && says("stream_options"))
        return Remedy::drop_stream_usage;
    if (!lists_tools(call)) return Remedy::none;
    for (const std::string_view sign : no_tools)
        if (says(sign)) return Remedy::drop_tools;
    // A server that knows tools but not the word that forbids them.
    if (call.tool_choice == ToolChoice::none && says("tool_choice")) return Remedy::drop_tools;
    return Remedy::none;
}

bool is_error_object(const JsonObject& object) noexcept {
    if (const JsonValue* error = json_member(object, "error")) return error->is_object() || error->is_string();
    if (json_text_or_empty(object, "object") == "error") return true;
    return json_member(object, "choices") == nullptr &&
           (json_text(object, "message") || json_member(object, "detail") != nullptr);
}

ErrorInfo classify_object(const ModelCall& call, const JsonObject& object) {
    const VendorError vendor = read_object(object);
    const int status = named_status(vendor);
    return describe_failure(call, judge(status, vendor), status, vendor);
}

ErrorInfo classify_answer(const ModelCall& call, const HttpHead& head, std::string_view body) {
    JsonParser parser;
    VendorError vendor;
    const JsonValue* value = parser.parse(body);
    const JsonObject* object = value == nullptr ? nullptr : value->if_object();
    if (value != nullptr && value->is_array() && !value->get_array().empty())
        object = value->get_array().front().if_object();
    if (object != nullptr) vendor = read_object(*object);
    if (!vendor.readable) vendor.message = readable_text(body, head.content_type());

    Verdict verdict = judge(head.status, vendor);
    if (const auto wish = vendor_retry_wish(head);
        wish && !(verdict.code == ErrorCode::rate_limit && !verdict.retryable))
        verdict.retryable = *wish;
    ErrorInfo error = describe_failure(call, verdict, head.status, vendor);
    if (const auto id = head.header("x-request-id")) error.request_id = *id;
    return error;
}

}  // namespace cortex::dialects::openai_chat
