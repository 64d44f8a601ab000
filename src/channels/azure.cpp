#include "channels/azure.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "channels/path_segment.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cortex::channels {
namespace {

constexpr std::string_view deployments = "/openai/deployments/";
/// The first date whose API has Responses.
constexpr std::string_view first_with_responses = "2025-03-01";

ErrorInfo config_error(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

bool is_date(std::string_view version) {
    constexpr std::string_view form = "dddd-dd-dd";
    if (version.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? version[i] < '0' || version[i] > '9' : version[i] != form[i]) return false;
    return true;
}

bool is_word(std::string_view version) {
    return std::all_of(version.begin(), version.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

/// What a query says of `api-version`, and the query without it.
std::pair<std::string, std::string> take_version(std::string_view query) {
    std::string version;
    std::string rest;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view item = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        const std::size_t equals = item.find('=');
        if (iequals(item.substr(0, equals), "api-version")) {
            version = equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
        } else if (!item.empty()) {
            rest += rest.empty() ? "" : "&";
            rest += item;
        }
    }
    return {std::move(version), std::move(rest)};
}

/// Pages and code samples show whole addresses; what a request adds itself is dropped.
std::string_view without_operation(std::string_view url) {
    for (const std::string_view operation : {"/chat/completions", "/responses"})
        if (url.ends_with(operation)) return url.substr(0, url.size() - operation.size());
    return url;
}

/// Three parts of base64url, the first of which begins with `{"`.
bool is_web_token(std::string_view secret) {
    return secret.starts_with("eyJ") && std::count(secret.begin(), secret.end(), '.') == 2;
}

dialects::openai_chat::Options chat_options(bool v1) {
    return {.max_tokens_member = "max_completion_tokens",
            .system_role = "system",   // every date knows it
            .stream_usage = true,
            .max_effort = "xhigh",
            .longest_call_id = 40,
            .files = false,
            .cache_key = v1,   // older dates refuse members that they do not know
            .strict_tools = false,
            .reasoning_with_tool_calls = false,
            .extra_members = {}};
}

}  // namespace

bool Azure::looks_like(std::string_view base_url) {
    const auto parts = net::parse_url(trim(base_url));
    if (!parts) return false;
    const std::string host = to_lower(parts->host);
    for (const std::string_view service : {".openai.azure.", ".cognitiveservices.azure.", ".services.ai.azure."})
        for (const std::string_view cloud : {"com", "us", "cn"})
            if (host.ends_with(fmt::format("{}{}", service, cloud))) return true;
    return base_url.find(deployments) != std::string_view::npos;
}

Result<Azure::Shape> Azure::shape_of(Options& options) {
    const std::string_view given = trim(options.base_url);
    const std::size_t mark = given.find('?');
    auto base = checked_base_url(given.substr(0, mark), options.base_url_field);
    if (!base) return std::move(base).error();
    auto [version, foreign] = take_version(mark == std::string_view::npos ? std::string_view() : given.substr(mark + 1));
    if (std::any_of(foreign.begin(), foreign.end(), [](char c) { return c <= 0x20 || c >= 0x7F || c == '#'; }))
        return config_error(fmt::format("{} holds characters in its query that a URL cannot hold. Percent-encode them.", options.base_url_field));
    const std::string field = version.empty() ? options.api_version_field : options.base_url_field;
    if (version.empty()) version = trim(options.api_version);
    if (!is_word(version))
        return config_error(fmt::format("{} holds an api-version with characters that no version has. Use a date such as {}, or leave it out for the v1 API.", field, default_api_version));

    options.base_url = without_operation(*base);
    while (options.base_url.ends_with('/')) options.base_url.pop_back();
    Shape shape{.form = Form::endpoint, .root = options.base_url, .query = {}, .has_responses = true};
    const bool dated = is_date(version);
    if (const std::size_t at = options.base_url.find(deployments); at != std::string::npos) {
        shape.form = Form::deployment_path;
        shape.root = options.base_url.substr(0, at);
        shape.has_responses = false;
        if (version.empty()) version = default_api_version;
        if (!is_date(version))
            return config_error(fmt::format("{} is \"{}\", which belongs to the v1 API, but {} names a deployment. Use a date such as {}, or a base_url that ends in /openai/v1.",
                                            field, version, options.base_url_field, default_api_version));
        const std::string_view rest = std::string_view(options.base_url).substr(at + deployments.size());
        const std::string_view named = rest.substr(0, rest.find('/'));
        if (named.empty()) return config_error(fmt::format("{} ends before the deployment's name. Write /openai/deployments/NAME.", options.base_url_field));
        if (!options.deployment.empty() && named != path_segment(options.deployment))
            return config_error(fmt::format("{} names the deployment \"{}\", azure_deployment \"{}\". Keep one of them.", options.base_url_field, named, options.deployment));
    } else if (options.base_url.ends_with("/v1")) {
        shape.form = Form::v1;
        if (dated) version.clear();
    } else {
        if (shape.root.ends_with("/openai")) shape.root.resize(shape.root.size() - std::string_view("/openai").size());
        if (!dated) {
            shape.form = Form::v1;
            shape.root += "/openai/v1";
        }
        shape.has_responses = !dated || std::string_view(version).substr(0, first_with_responses.size()) >= first_with_responses;
    }
    if (iequals(version, "v1")) version.clear();   // how some pages call the API that needs no version
    if (!version.empty()) shape.query = "?api-version=" + version;
    if (!foreign.empty()) shape.query += (shape.query.empty() ? "?" : "&") + foreign;
    return shape;
}

Result<std::shared_ptr<const Azure>> Azure::create(Options options) {
    auto shape = shape_of(options);
    if (!shape) return std::move(shape).error();
    return std::shared_ptr<const Azure>(new Azure(std::move(options), *std::move(shape)));
}

Azure::Azure(Options options, Shape shape)
    : options_(std::move(options)), shape_(std::move(shape)), chat_(chat_options(shape_.form == Form::v1)) {}

bool Azure::by_responses(const ModelInfo& model) const noexcept {
    return shape_.has_responses && model.openai_api == cortex::OpenAiApi::responses;
}

const Dialect& Azure::dialect_for(const ModelInfo& model) const {
    if (by_responses(model)) return responses_;
    return chat_;
}

HttpRequest Azure::request(HttpMethod method, std::string url, Body body, bool streaming) const {
    HttpRequest request;
    request.method = method;
    request.url = std::move(url);
    request.url += shape_.query;
    if (body) request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    request.body = std::move(body);
    request.streaming = streaming;
    return request;
}

HttpRequest Azure::address(const ModelCall& call, Body body) const {
    const bool responses = by_responses(*call.model);
    std::string url = shape_.root;
    if (shape_.form == Form::deployment_path)
        url = options_.base_url;
    else if (shape_.form == Form::endpoint)
        url += responses ? "/openai" : fmt::format("{}{}", deployments, path_segment(call.wire_model));
    url += responses ? "/responses" : "/chat/completions";
    return request(HttpMethod::post, std::move(url), std::move(body), call.stream);
}

Framing Azure::framing(const ModelCall& call) const noexcept { return call.stream ? Framing::sse : Framing::json; }

void Azure::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    const bool token = credential.kind == Credential::Kind::bearer || is_web_token(SecretAccess::text(credential.secret));
    add_secret(request, credential, token ? std::string_view() : std::string_view("api-key"));
}

ErrorInfo Azure::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    ErrorInfo error = dialect_for(*call.model).classify(call, head, body);
    if (auto id = request_id(call, head); !id.empty()) error.request_id = std::move(id);
    if (error.code == ErrorCode::model_not_found)
        error.message += " Azure knows a model by its deployment's name: see azure_deployment, and the resource that base_url names.";
    return error;
}

std::string Azure::request_id(const ModelCall&, const HttpHead& head) const {
    for (const std::string_view name : {"apim-request-id", "x-request-id"})
        if (const auto id = head.header(name); id && !id->empty()) return std::string(*id);
    return {};
}

HttpRequest Azure::probe() const {
    return request(HttpMethod::get, shape_.root + (shape_.form == Form::v1 ? "/models" : "/openai/models"), nullptr, false);
}

Result<Placement> Azure::place(std::string_view id, const ModelInfo& model) const {
    Placement placement{.wire_model = std::string(id), .model = model, .notices = {}};
    if (shape_.form != Form::deployment_path && !options_.deployment.empty()) placement.wire_model = options_.deployment;
    if (!by_responses(model)) placement.model.openai_api = cortex::OpenAiApi::chat;
    // Microsoft's dates of retirement are its own.
    placement.model.deprecated_at.clear();
    placement.model.retires_at.clear();
    if (placement.model.lifecycle == Lifecycle::deprecated) placement.model.lifecycle = Lifecycle::active;
    return placement;
}

}  // namespace cortex::channels
