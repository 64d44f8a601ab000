#include "dialects/failure.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::dialects {
namespace {

constexpr std::size_t longest_quote = 500;

/// One line: control characters and runs of white space become one space.
std::string one_line(std::string_view text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7F) {
            gap = !out.empty();
            continue;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.push_back(c);
        if (out.size() > 2 * longest_quote) break;
    }
    if (out.size() > longest_quote) {
        out.resize(utf8_prefix(out, longest_quote).size());
        out += "...";
    }
    return out;
}

std::string html_title(std::string_view body) {
    const std::string lower = to_lower(body.substr(0, 16 * 1024));
    for (const std::string_view tag : {"title", "h1"}) {
        const std::size_t open = lower.find(fmt::format("<{}", tag));
        if (open == std::string::npos) continue;
        const std::size_t begin = lower.find('>', open);
        const std::size_t end = lower.find(fmt::format("</{}", tag), open);
        if (begin == std::string::npos || end == std::string::npos || begin >= end) continue;
        const std::string_view title = body.substr(begin + 1, end - begin - 1);
        if (title.find('<') == std::string_view::npos) return one_line(title);
    }
    return {};
}

std::string_view what_failed(Verdict verdict) {
    switch (verdict.code) {
        case ErrorCode::auth: return "{provider} refused the credential";
        case ErrorCode::rate_limit:
            return verdict.retryable ? "{provider} limits the rate of requests"
                                     : "{provider} says that a quota or spending limit is used up";
        case ErrorCode::unavailable: return "{provider} is overloaded or out of order";
        case ErrorCode::model_not_found: return "{provider} does not serve the model \"{model}\"";
        case ErrorCode::invalid_request: return "{provider} refused the request";
        case ErrorCode::context_length: return "The conversation is too long for {model}, says {provider}";
        case ErrorCode::content_filter: return "{provider} declined the request";
        case ErrorCode::network: return "A proxy before {provider} refused the connection";
        default: return "{provider} answered with an error";
    }
}

std::string_view remedy(Verdict verdict) {
    switch (verdict.code) {
        case ErrorCode::auth: return "Check the key and what it may do; `cortex doctor` shows where it came from.";
        case ErrorCode::rate_limit:
            return verdict.retryable ? "Wait and try again, or ask for a higher limit."
                                     : "Raise the limit or add credit with the vendor.";
        case ErrorCode::unavailable: return "Try again later.";
        case ErrorCode::model_not_found:
            return "Check the id and the base URL; `cortex models` lists the ids that are known.";
        case ErrorCode::context_length: return "Shorten the conversation, or choose a model with a larger window.";
        case ErrorCode::content_filter: return "Rephrase it.";
        case ErrorCode::network: return "Check HTTPS_PROXY and its login.";
        default: return "The same request will fail again; the vendor's words say what to change.";
    }
}

std::string fill(std::string_view form, const ModelCall& call) {
    std::string out(form);
    for (const auto& [name, value] :
         {std::pair<std::string_view, const std::string&>{"{provider}", call.provider}, {"{model}", call.wire_model}})
        if (const std::size_t at = out.find(name); at != std::string::npos) out.replace(at, name.size(), value);
    return out;
}

ErrorInfo plain(const ModelCall& call, ErrorCode code, bool retryable, std::string message) {
    ErrorInfo error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = retryable;
    error.provider = call.provider;
    error.model = call.wire_model;
    return error;
}

}  // namespace

Verdict judge_status(int status) noexcept {
    switch (status) {
        case 401:
        case 403: return {ErrorCode::auth, false};
        case 404: return {ErrorCode::model_not_found, false};
        case 400:
        case 405:
        case 411:
        case 413:
        case 414:
        case 415:
        case 422: return {ErrorCode::invalid_request, false};
        case 407: return {ErrorCode::network, false};
        case 408:
        case 409: return {ErrorCode::unavailable, true};
        case 429: return {ErrorCode::rate_limit, true};
        default: break;
    }
    if (status >= 500) return {ErrorCode::unavailable, true};
    return {ErrorCode::provider, false};
}

std::optional<bool> vendor_retry_wish(const HttpHead& head) noexcept {
    const auto wish = head.header("x-should-retry");
    if (!wish) return std::nullopt;
    if (iequals(trim(*wish), "true")) return true;
    if (iequals(trim(*wish), "false")) return false;
    return std::nullopt;
}

std::string readable_text(std::string_view body, std::string_view content_type) {
    const std::string_view text = trim(body);
    const bool html = content_type == "text/html" || content_type == "application/xhtml+xml" || text.starts_with('<');
    const std::string valid = replace_invalid_utf8(text.substr(0, 16 * 1024));
    return html ? html_title(valid) : one_line(valid);
}

bool says_too_long(std::string_view message) {
    const std::string words = to_lower(message.substr(0, 4096));
    for (const std::string_view sign : {"prompt is too long", "maximum context length", "context length exceeded",
                                        "exceeds the available context size", "exceeds the context window",
                                        "exceed context limit", "exceeds the maximum number of tokens",
                                        "longer than the context length", "longer than the maximum model length"})
        if (words.find(sign) != std::string::npos) return true;
    return false;
}

ErrorInfo describe_failure(const ModelCall& call, Verdict verdict, int status, const VendorError& vendor) {
    std::string message = fill(what_failed(verdict), call);
    std::string origin = status > 0 ? fmt::format("HTTP {}", status) : std::string();
    for (const std::string& word : {vendor.type, vendor.code}) {
        const std::string name = one_line(std::string_view(word).substr(0, 80));
        if (name.empty() || name == std::to_string(status)) continue;
        if (!origin.empty()) origin += ", ";
        origin += name;
        if (vendor.type == vendor.code) break;
    }
    if (!origin.empty()) message += fmt::format(" ({})", origin);
    std::string words = one_line(replace_invalid_utf8(std::string_view(vendor.message).substr(0, 4 * longest_quote)));
    if (words.empty()) {
        message += ".";
    } else {
        message += fmt::format(": \"{}\"", words);
        if (words.back() != '.' && words.back() != '!' && words.back() != '?') message += ".";
    }
    message += " ";
    message += remedy(verdict);

    ErrorInfo error = plain(call, verdict.code, verdict.retryable, std::move(message));
    error.http_status = status;
    error.request_id = vendor.request_id;
    return error;
}

ErrorInfo malformed(const ModelCall& call, std::string_view what) {
    return plain(
        call, ErrorCode::protocol, false,
        fmt::format("{} sent {}. Check that the base URL leads to the right kind of server.", call.provider, what));
}

ErrorInfo unreadable(const ModelCall& call, std::string_view body, bool cut, std::string_view what) {
    if (trim(body).empty()) return ended_early(call, "the answer was empty");
    return cut ? ended_early(call, "the answer ended early") : malformed(call, what);
}

ErrorInfo ended_early(const ModelCall& call, std::string_view what) {
    return plain(call, ErrorCode::network, true, fmt::format("{}: {}. Try again.", call.provider, what));
}

}  // namespace cortex::dialects
