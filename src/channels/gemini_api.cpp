#include "channels/gemini_api.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "channels/path_segment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::channels {
namespace {

constexpr std::string_view default_base_url = "https://generativelanguage.googleapis.com";
constexpr std::string_view default_api_version = "v1beta";

/// "gemini-3.8-flash" stands below `models/`; a tuned model says where it stands.
std::string model_path(std::string_view model) {
    constexpr std::string_view tuned = "tunedModels/";
    if (model.starts_with(tuned)) return fmt::format("{}{}", tuned, path_segment(model.substr(tuned.size())));
    return fmt::format("models/{}", path_segment(model));
}

/// A base URL that somebody copied with its version.
std::string take_version(std::string& base_url) {
    for (const std::string_view version : {"/v1beta", "/v1alpha", "/v1"})
        if (base_url.ends_with(version)) {
            base_url.resize(base_url.size() - version.size());
            return std::string(version.substr(1));
        }
    return {};
}

}  // namespace

Result<std::shared_ptr<const GeminiApi>> GeminiApi::create(Options options) {
    auto base = checked_base_url(options.base_url.empty() ? default_base_url : std::string_view(options.base_url), options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = *std::move(base);
    const std::string copied = take_version(options.base_url);
    if (options.api_version.empty()) options.api_version = copied.empty() ? default_api_version : copied;
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (!std::all_of(options.api_version.begin(), options.api_version.end(), fits))
        return ErrorInfo{.code = ErrorCode::config, .message = "api_version is no version of the Gemini API; v1beta or v1 is expected."};
    return std::shared_ptr<const GeminiApi>(new GeminiApi(std::move(options)));
}

const Dialect& GeminiApi::dialect_for(const ModelInfo&) const { return dialect_; }

HttpRequest GeminiApi::address(const ModelCall& call, Body body) const {
    HttpRequest request;
    request.url = fmt::format("{}/{}/{}:{}", options_.base_url, options_.api_version, model_path(call.wire_model),
                              call.stream ? "streamGenerateContent?alt=sse" : "generateContent");
    request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", call.stream ? "text/event-stream" : "application/json"});
    request.body = std::move(body);
    request.streaming = call.stream;
    return request;
}

Framing GeminiApi::framing(const ModelCall& call) const noexcept { return call.stream ? Framing::sse : Framing::json; }

void GeminiApi::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    if (!credential.endpoint.empty()) move_request(request, options_.base_url, credential.endpoint);
    add_secret(request, credential, "x-goog-api-key");
}

HttpRequest GeminiApi::probe() const {
    HttpRequest request;
    request.method = HttpMethod::get;
    request.url = fmt::format("{}/{}/models?pageSize=1", options_.base_url, options_.api_version);
    request.headers.push_back({"accept", "application/json"});
    return request;
}

Result<Placement> GeminiApi::place(std::string_view id, const ModelInfo& model) const {
    constexpr std::string_view collection = "models/";
    if (id.starts_with(collection)) id.remove_prefix(collection.size());
    return Placement{.wire_model = std::string(id), .model = model, .notices = {}};
}

}  // namespace cortex::channels
