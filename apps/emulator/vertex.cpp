#include "vertex.hpp"

#include "checks.hpp"
#include "form.hpp"
#include "google_replies.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::string_view prefix = "/v1/projects/";
constexpr std::size_t max_body = 30U * 1024U * 1024U;
constexpr std::string_view caller_key = "a-caller-whose-token-was-checked";

json::object read_body(const HttpRequest& request) {
    const std::string* type = find_header(request.headers, "content-type");
    if (type == nullptr || !lower(*type).starts_with("application/json")) {
        refuse("content-type", "must be application/json");
    }
    if (request.body.size() > max_body) {
        throw Rejection(413, "request_too_large", "Request exceeds the maximum size");
    }
    boost::system::error_code error;
    const json::value parsed = json::parse(request.body, error);
    if (error) {
        refuse("", "The request body is not valid JSON: " + error.message());
    }
    return want_object(parsed, "");
}

bool reads_newest(json::object& body) {
    const std::string version(want_string(require(body, "anthropic_version", ""), "anthropic_version"));
    one_of(version, "anthropic_version", {"vertex-2023-10-16", "2026-10-21"});
    body.erase("anthropic_version");
    return version == "2026-10-21";
}

void check_stream(const json::object& body, std::string_view verb) {
    const json::value* stream = member(body, "stream");
    const bool streams = stream != nullptr && want_bool(*stream, "stream");
    if (streams != (verb == "streamRawPredict")) {
        refuse("stream", streams ? "must not be true with rawPredict" : "must be true with streamRawPredict");
    }
}

}  // namespace

bool VertexApi::serves(const HttpRequest& request) {
    return request.path().starts_with(prefix) && request.path().find("/publishers/") != std::string_view::npos;
}

VertexPath VertexApi::read_path(std::string_view path) {
    const std::vector<std::string_view> parts = split(path.substr(prefix.size()), '/');
    if (parts.size() != 7 || parts[1] != "locations" || parts[3] != "publishers" || parts[5] != "models") {
        return {};
    }
    const std::string last = percent_decoded(parts[6], false).value_or("");
    const std::size_t colon = std::min(last.rfind(':'), last.size());
    return {std::string(parts[0]), std::string(parts[2]), std::string(parts[4]), last.substr(0, colon),
            last.substr(std::min(colon + 1, last.size()))};
}

std::string VertexApi::find_place(const VertexPath& path, std::string_view id) const {
    const VertexModel* model = find_vertex_model(id);
    const bool several = path.location == "global" || path.location == "us" || path.location == "eu";
    if (model == nullptr || (!several && !model->regional)) {
        throw Refused(google_error(google_.switches(), 404,
                                   "Publisher Model `projects/" + path.project + "/locations/" + path.location +
                                       "/publishers/anthropic/models/" + std::string(id) +
                                       "` was not found or your project does not have access to it. Please ensure you "
                                       "are using a valid model version."));
    }
    return std::string(model->direct_id);
}

void VertexApi::check_quota_project(const HttpRequest& request, const IssuedToken& caller) const {
    if (google_.switches().require_quota_project && caller.holder == TokenHolder::user &&
        find_header(request.headers, "x-goog-user-project") == nullptr) {
        throw Refused(google_error(google_.switches(), 403,
                                   "Your application is authenticating by using local Application Default Credentials. "
                                   "The aiplatform.googleapis.com API requires a quota project, which is not set by "
                                   "default.",
                                   {}, "SERVICE_DISABLED"));
    }
}

HttpRequest VertexApi::direct_request(const HttpRequest& request, const VertexPath& path,
                                      const IssuedToken& caller) const {
    const bool counts = path.model == "count-tokens";
    json::object body = read_body(request);
    const bool newest = reads_newest(body);
    if (counts) {
        const std::string_view id = want_string(require(body, "model", ""), "model");
        const std::string direct = find_place(path, id);
        body["model"] = direct;
    } else {
        if (body.contains("model")) {
            refuse("model", "Extra inputs are not permitted");
        }
        check_stream(body, path.verb);
        body["model"] = find_place(path, path.model);
    }
    check_vertex_body(body);
    HttpRequest direct;
    direct.method = "POST";
    direct.target = counts ? "/v1/messages/count_tokens" : "/v1/messages";
    direct.connection = request.connection;
    direct.headers = {{"content-type", "application/json"},
                      {"anthropic-version", newest ? "2026-10-21" : "2023-06-01"},
                      {"x-api-key", std::string(caller_key) + caller.account}};
    for (const auto& [name, value] : request.headers) {
        if (same_ignoring_case(name, "anthropic-beta")) {
            direct.headers.emplace_back(name, value);
        }
    }
    direct.body = json::serialize(body);
    return direct;
}

Reply VertexApi::shaped(Reply reply) const {
    std::erase_if(reply.headers, [](const auto& header) {
        return header.first.starts_with("anthropic-ratelimit-") || header.first == "anthropic-organization-id";
    });
    const GoogleSwitches& switches = google_.switches();
    if (reply.status < 400 || switches.error_shape == "anthropic") {
        return reply;
    }
    const json::value body = json::parse(reply.pieces.front());
    const std::string message = switches.error_shape == "google_wrapped"
                                    ? reply.pieces.front()
                                    : text_of(body.at("error").get_object(), "message");
    return google_error(switches, reply.status, message);
}

Reply VertexApi::scripted(const ErrorAnswer& error, std::string_view message, const std::string& request_id) const {
    const bool googles = !error.type.empty() &&
                         error.type.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
    if (googles) {
        return google_error(google_.switches(), error.status, message, error.type, error.code);
    }
    const std::string_view type =
        error.type.empty() ? AnthropicApi::type_of(error.status) : std::string_view(error.type);
    return shaped(AnthropicApi::error(error.status, type, message, request_id, error.code));
}

Reply VertexApi::answer(const HttpRequest& request, const std::string& request_id, const Step* step, bool& step_used) {
    const GoogleSwitches& switches = google_.switches();
    try {
        const IssuedToken caller = google_.authorize(request);
        const VertexPath path = read_path(request.path());
        const bool known = path.publisher == "anthropic" && is_location(path.location) && !path.project.empty() &&
                           (path.verb == "rawPredict" ||
                            (path.verb == "streamRawPredict" && path.model != "count-tokens"));
        if (request.method != "POST" || !known) {
            throw Refused(google_error(switches, 404, "The requested URL " + std::string(request.path()) +
                                                          " was not found on this server."));
        }
        if (path.project.find("denied") != std::string::npos) {
            throw Refused(google_error(switches, 403,
                                       "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not "
                                       "exist).",
                                       {}, "IAM_PERMISSION_DENIED"));
        }
        check_quota_project(request, caller);
        const HttpRequest direct = direct_request(request, path, caller);
        const KeyRing keys({*find_header(direct.headers, "x-api-key")});
        return shaped(messages_.answer(direct, keys, request_id, step, step_used));
    } catch (const Refused& refused) {
        return refused.reply();
    } catch (const Rejection& rejection) {
        return shaped(AnthropicApi::error(rejection.status(), rejection.type(), rejection.what(), request_id));
    }
}

}  // namespace emulator
