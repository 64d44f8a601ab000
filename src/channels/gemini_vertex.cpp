#include "channels/gemini_vertex.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "channels/google_location.hpp"
#include "channels/path_segment.hpp"
#include "core/json_writer.hpp"
#include "dialects/gemini/contents.hpp"

#include <fmt/format.h>

namespace cortex::channels {
namespace {

constexpr std::string_view default_location = "us-central1";
constexpr std::string_view version = "v1";
/// Knows `continuationToken`, which `v1` does not.
constexpr std::string_view version_that_continues = "v1beta1";
/// Any model will do to see whether a credential is accepted.
constexpr std::string_view probed_model = "gemini-3.8-flash";

/// The id behind the forms in which Google's pages and SDKs write it.
std::string_view plain_id(std::string_view id) {
    for (const std::string_view prefix : {"publishers/google/models/", "google/", "models/"})
        if (id.starts_with(prefix)) return id.substr(prefix.size());
    return id;
}

/// Whether the last segment of the path is a version: "v1", "v1beta1".
bool names_version(std::string_view url) {
    const std::string_view last = url.substr(url.rfind('/') + 1);
    return last.size() >= 2 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9' && last.find('.') == std::string_view::npos && last.find(':') == std::string_view::npos;
}

/// "projects/P/locations/L/endpoints/E", a model of one's own: each segment for itself.
std::string resource_path(std::string_view resource) {
    std::string out;
    while (true) {
        const std::size_t slash = resource.find('/');
        out += path_segment(resource.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        out.push_back('/');
        resource.remove_prefix(slash + 1);
    }
}

}  // namespace

Result<std::shared_ptr<const GeminiVertex>> GeminiVertex::create(Options options) {
    if (options.location.empty()) options.location = default_location;
    if (auto checked = check_location(options.location, options.location_field, "us-central1 or global"); !checked) return std::move(checked).error();
    if (auto checked = check_project(options.project, "project"); !checked) return std::move(checked).error();
    std::string continuing_url;
    if (options.base_url.empty()) {
        options.base_url = vertex_base_url(options.location, options.universe_domain, version);
        continuing_url = vertex_base_url(options.location, options.universe_domain, version_that_continues);
    }
    auto base = checked_base_url(options.base_url, options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = *std::move(base);
    // Google's SDKs name it without a version, Anthropic's name the same service with one.
    if (!names_version(options.base_url)) options.base_url += fmt::format("/{}", version);
    return std::shared_ptr<const GeminiVertex>(new GeminiVertex(std::move(options), std::move(continuing_url)));
}

const Dialect& GeminiVertex::dialect_for(const ModelInfo&) const { return dialect_; }

HttpRequest GeminiVertex::post(std::string_view base_url, std::string_view model, std::string_view method, Body body, bool streaming) const {
    HttpRequest request;
    request.url = model.starts_with("projects/") ? fmt::format("{}/{}", base_url, resource_path(model))
                                                 : fmt::format("{}/projects/{}/locations/{}/publishers/google/models/{}", base_url, path_segment(options_.project),
                                                               options_.location, path_segment(model));
    request.url += fmt::format(":{}", method);
    request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    request.body = std::move(body);
    request.streaming = streaming;
    return request;
}

HttpRequest GeminiVertex::address(const ModelCall& call, Body body) const {
    const bool continuing = !continuing_url_.empty() && dialects::gemini::continues(call);
    return post(continuing ? continuing_url_ : options_.base_url, call.wire_model, call.stream ? "streamGenerateContent?alt=sse" : "generateContent",
                std::move(body), call.stream);
}

Framing GeminiVertex::framing(const ModelCall& call) const noexcept { return call.stream ? Framing::sse : Framing::json; }

void GeminiVertex::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    add_secret(request, credential, {});
    const std::string& charged = credential.quota_project.empty() ? options_.quota_project : credential.quota_project;
    if (!charged.empty()) set_header(request.headers, "x-goog-user-project", charged);
}

Cure GeminiVertex::cure(const HttpHead& head, std::string_view) const { return head.status == 401 ? Cure::fresh_credential : Cure::none; }

/// Counts the tokens of one word, which is free.
HttpRequest GeminiVertex::probe() const {
    JsonWriter body;
    body.begin_object().key("contents").begin_array().begin_object().field("role", "user").key("parts").begin_array();
    body.begin_object().field("text", "Hi").end_object().end_array().end_object().end_array().end_object();
    return post(options_.base_url, probed_model, "countTokens", std::make_shared<const std::string>(std::move(body).take()), false);
}

bool GeminiVertex::accepted(int status) const noexcept { return (status >= 200 && status <= 299) || status == 400 || status == 404 || status == 429; }

Result<Placement> GeminiVertex::place(std::string_view id, const ModelInfo& model) const {
    Placement placement{.wire_model = std::string(plain_id(id)), .model = model, .notices = {}};
    // The catalogue's dates are those of the Gemini API; Vertex AI has its own.
    placement.model.deprecated_at.clear();
    placement.model.retires_at.clear();
    if (placement.model.lifecycle == Lifecycle::deprecated) placement.model.lifecycle = Lifecycle::active;
    return placement;
}

std::string GeminiVertex::base_url() const { return options_.base_url; }

}  // namespace cortex::channels
