#include "channels/openai_api.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::channels {
namespace {

Result<void> check_id(std::string_view field, std::string_view value) {
    const auto fits = [](char c) { return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F; };
    if (std::all_of(value.begin(), value.end(), fits)) return {};
    return ErrorInfo{.code = ErrorCode::config,
                     .message = fmt::format("{} holds white space or characters that a header cannot carry. Copy the id alone, as the vendor's settings page shows it.", field)};
}

dialects::openai_chat::Options chat_options() {
    return {.max_tokens_member = "max_completion_tokens",
            .system_role = "developer",
            .stream_usage = true,
            .max_effort = "xhigh",
            .longest_call_id = 40,
            .files = true,
            .cache_key = true,
            .strict_tools = false,
            .reasoning_with_tool_calls = false,
            .extra_members = {}};
}

}  // namespace

Result<std::shared_ptr<const OpenAiApi>> OpenAiApi::create(Options options) {
    auto base = checked_base_url(options.base_url.empty() ? default_base_url : std::string_view(options.base_url), options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = *std::move(base);
    if (auto checked = check_id("organization", options.organization); !checked) return std::move(checked).error();
    if (auto checked = check_id("project", options.project); !checked) return std::move(checked).error();
    return std::shared_ptr<const OpenAiApi>(new OpenAiApi(std::move(options)));
}

OpenAiApi::OpenAiApi(Options options) : options_(std::move(options)), chat_(chat_options()) {}

const Dialect& OpenAiApi::dialect_for(const ModelInfo& model) const {
    if (model.openai_api == cortex::OpenAiApi::responses) return responses_;
    return chat_;
}

HttpRequest OpenAiApi::request(HttpMethod method, std::string_view path, Body body, bool streaming) const {
    HttpRequest request;
    request.method = method;
    request.url = options_.base_url;
    request.url += path;
    if (body) request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    if (!options_.organization.empty()) request.headers.push_back({"OpenAI-Organization", options_.organization});
    if (!options_.project.empty()) request.headers.push_back({"OpenAI-Project", options_.project});
    request.body = std::move(body);
    request.streaming = streaming;
    return request;
}

HttpRequest OpenAiApi::address(const ModelCall& call, Body body) const {
    const bool responses = call.model->openai_api == cortex::OpenAiApi::responses;
    return request(HttpMethod::post, responses ? "/responses" : "/chat/completions", std::move(body), call.stream);
}

Framing OpenAiApi::framing(const ModelCall& call) const noexcept { return call.stream ? Framing::sse : Framing::json; }

void OpenAiApi::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    if (!credential.endpoint.empty()) move_request(request, options_.base_url, credential.endpoint);
    add_secret(request, credential, {});
}

HttpRequest OpenAiApi::probe() const { return request(HttpMethod::get, "/models", nullptr, false); }

Result<Placement> OpenAiApi::place(std::string_view id, const ModelInfo& model) const {
    return Placement{.wire_model = std::string(id), .model = model, .notices = {}};
}

}  // namespace cortex::channels
