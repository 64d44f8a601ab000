#include "channels/anthropic_api.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "channels/betas.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace cortex::channels {

Result<std::shared_ptr<const AnthropicApi>> AnthropicApi::create(Options options) {
    auto base = checked_base_url(options.base_url.empty() ? default_base_url : std::string_view(options.base_url),
                                 options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = std::move(base).value();
    if (options.api_version.empty()) options.api_version = default_api_version;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    if (!std::all_of(options.api_version.begin(), options.api_version.end(), fits))
        return ErrorInfo{
            .code = ErrorCode::config,
            .message = "api_version is not one that a header can carry; a date such as 2023-06-01 is expected."};
    return std::shared_ptr<const AnthropicApi>(new AnthropicApi(std::move(options)));
}

const Dialect& AnthropicApi::dialect_for(const ModelInfo&) const { return dialect_; }

HttpRequest AnthropicApi::request(HttpMethod method, std::string_view path, Body body, bool streaming) const {
    HttpRequest request;
    request.method = method;
    request.url = options_.base_url;
    request.url += path;
    request.headers.push_back({"anthropic-version", options_.api_version});
    if (body) request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    for (const HttpHeader& header : options_.custom_headers) set_header(request.headers, header.name, header.value);
    request.body = std::move(body);
    request.deadlines = options_.deadlines;
    request.streaming = streaming;
    return request;
}

HttpRequest AnthropicApi::address(const ModelCall& call, Body body) const {
    HttpRequest message = request(HttpMethod::post, "/v1/messages", std::move(body), call.stream);
    for (const std::string_view beta : dialects::anthropic::needed_betas(call)) add_beta(message.headers, beta);
    return message;
}

HttpRequest AnthropicApi::address_count(Body body) const {
    return request(HttpMethod::post, "/v1/messages/count_tokens", std::move(body), false);
}

Framing AnthropicApi::framing(const ModelCall& call) const noexcept {
    return call.stream ? Framing::sse : Framing::json;
}

void AnthropicApi::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    if (!credential.endpoint.empty()) move_request(request, options_.base_url, credential.endpoint);
    add_secret(request, credential, "x-api-key");
}

HttpRequest AnthropicApi::probe() const { return request(HttpMethod::get, "/v1/models?limit=1", nullptr, false); }

Result<Placement> AnthropicApi::place(std::string_view id, const ModelInfo& model) const {
    return Placement{.wire_model = std::string(id), .model = model, .notices = {}};
}

}  // namespace cortex::channels
