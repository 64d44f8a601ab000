#include "channels/vertex.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "channels/betas.hpp"
#include "channels/google_failure.hpp"
#include "channels/google_location.hpp"
#include "channels/path_segment.hpp"
#include "core/catalog_names.hpp"
#include "core/json_writer.hpp"

#include <fmt/format.h>

namespace cortex::channels {
namespace {

bool is_multi_region(std::string_view location) { return location == "global" || location == "us" || location == "eu"; }

void scale(PriceRow& row) {
    for (auto* price : {&row.input, &row.output, &row.cache_read, &row.cache_write_5m, &row.cache_write_1h})
        if (*price) **price = **price * 11 / 10;
}

}  // namespace

Result<std::shared_ptr<const Vertex>> Vertex::create(Options options) {
    if (options.location.empty()) options.location = default_location;
    if (auto checked = check_location(options.location, options.location_field, "us-east5 or global"); !checked) return std::move(checked).error();
    if (auto checked = check_project(options.project, "project"); !checked) return std::move(checked).error();
    if (options.base_url.empty()) options.base_url = vertex_base_url(options.location, options.universe_domain, "v1");
    auto base = checked_base_url(options.base_url, options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = *std::move(base);
    if (options.version.empty()) options.version = default_version;
    return std::shared_ptr<const Vertex>(new Vertex(std::move(options)));
}

Vertex::Vertex(Options options)
    : options_(std::move(options)),
      dialect_({.version = options_.version, .names_model = false, .tells_stream = true, .lists_betas = false, .betas = {}, .holds_to_schema = false, .fetches_urls = false}) {}

HttpRequest Vertex::predict(std::string_view model, std::string_view verb, Body body, bool streaming) const {
    HttpRequest request;
    request.url = fmt::format("{}/projects/{}/locations/{}/publishers/anthropic/models/{}:{}", options_.base_url, path_segment(options_.project),
                              options_.location, path_segment(model), verb);
    request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    for (const std::string& beta : options_.betas) add_beta(request.headers, beta);
    request.body = std::move(body);
    request.streaming = streaming;
    return request;
}

HttpRequest Vertex::address(const ModelCall& call, Body body) const {
    HttpRequest request = predict(call.wire_model, call.stream ? "streamRawPredict" : "rawPredict", std::move(body), call.stream);
    for (const std::string_view beta : dialects::anthropic::needed_betas(call)) add_beta(request.headers, beta);
    return request;
}

HttpRequest Vertex::address_count(Body body) const { return predict("count-tokens", "rawPredict", std::move(body), false); }

void Vertex::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    add_secret(request, credential, {});
    const std::string& charged = options_.quota_project.empty() ? credential.quota_project : options_.quota_project;
    if (!charged.empty()) set_header(request.headers, "x-goog-user-project", charged);
}

ErrorInfo Vertex::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    ErrorInfo error = classify_google(dialect_, call, head, body);
    if (error.code == ErrorCode::model_not_found && !is_multi_region(options_.location))
        error.message += fmt::format(" It was asked for in {}; many models are served in global, us and eu only: see location.", options_.location);
    if (error.code == ErrorCode::auth && head.status == 403)
        error.message += fmt::format(" The account needs the role Vertex AI User in the project {}, and leave to use the project that is charged (quota_project).", options_.project);
    return error;
}

Cure Vertex::cure(const HttpHead& head, std::string_view) const { return head.status == 401 ? Cure::fresh_credential : Cure::none; }

HttpRequest Vertex::probe() const {
    JsonWriter body;
    body.begin_object().field("anthropic_version", options_.version).field("model", "claude-haiku-4-5@20251001");
    body.key("messages").begin_array().begin_object().field("role", "user").field("content", "Hi").end_object().end_array().end_object();
    return address_count(std::make_shared<const std::string>(std::move(body).take()));
}

bool Vertex::accepted(int status) const noexcept { return (status >= 200 && status <= 299) || status == 400 || status == 404 || status == 429; }

Result<Placement> Vertex::place(std::string_view id, const ModelInfo& model) const {
    Placement placement{.wire_model = std::string(id), .model = model, .notices = {}};
    const bool plain = parse_model_name(id).form == ModelName::Form::direct;
    if (plain && model.known && !model.vertex_id.empty()) placement.wire_model = model.vertex_id;
    if (plain && model.known && model.vertex_id.empty())
        placement.notices.push_back(fmt::format("The catalogue knows no id of {} on Vertex AI; it is asked for as written.", id));
    if (model.known && !model.vertex_id.empty() && !model.vertex_regional && !is_multi_region(options_.location))
        placement.notices.push_back(fmt::format("Vertex AI serves {} in global, us and eu, not in {} as far as the catalogue knows. Set location to one of these; until then requests go to {}.",
                                                placement.wire_model, options_.location, options_.location));
    // Single and multi-regions cost a tenth more than `global` (price lists of November 2026).
    if (options_.location != "global") {
        scale(placement.model.prices.base);
        scale(placement.model.prices.long_prompt);
    }
    // Google's dates of retirement are its own.
    placement.model.deprecated_at.clear();
    placement.model.retires_at.clear();
    if (placement.model.lifecycle == Lifecycle::deprecated) placement.model.lifecycle = Lifecycle::active;
    return placement;
}

}  // namespace cortex::channels
