#include "google_services.hpp"

#include "form.hpp"
#include "google_oauth.hpp"
#include "google_replies.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::string_view projects_path = "/v1/projects/";

std::string bearer_of(const HttpRequest& request) {
    const std::string* header = find_header(request.headers, "authorization");
    return header == nullptr || !lower(*header).starts_with("bearer ")
               ? std::string()
               : std::string(trimmed(std::string_view(*header).substr(7)));
}

[[noreturn]] void refuse_bearer(const GoogleSwitches& switches, std::string_view message, std::string_view reason) {
    Reply reply = google_error(switches, 401, message, {}, reason);
    reply.headers.emplace_back("www-authenticate",
                               "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
    throw Refused(std::move(reply));
}

bool is_project_lookup(const HttpRequest& request) {
    const std::string_view path = request.path();
    return request.method == "GET" && path.starts_with(projects_path) &&
           path.find('/', projects_path.size()) == std::string_view::npos;
}

}  // namespace

bool GoogleServices::serves(const HttpRequest& request) {
    const std::string_view path = request.path();
    return path == "/token" || path == "/v1/token" || path == "/v1/oauthtoken" || path.starts_with("/oidc/") ||
           is_iam(path) || is_metadata(request) || is_project_lookup(request);
}

void GoogleServices::mask(HttpRequest& request) {
    const std::string_view path = request.path();
    if (path == "/token" || path == "/v1/token" || path == "/v1/oauthtoken") {
        mask_token_request(request);
    }
}

Reply GoogleServices::answer(const HttpRequest& request) {
    try {
        const std::string_view path = request.path();
        if (path == "/token") {
            return oauth_token(state_, request);
        }
        if (path == "/v1/token") {
            return exchange_token(state_, request);
        }
        if (path == "/v1/oauthtoken") {
            return workforce_token(state_, request);
        }
        if (is_iam(path)) {
            return impersonate(request);
        }
        if (is_metadata(request)) {
            return metadata(request);
        }
        return path.starts_with("/oidc/") ? identity_provider(request)
                                          : project(request, path.substr(projects_path.size()));
    } catch (const Refused& refused) {
        return refused.reply();
    }
}

IssuedToken GoogleServices::authorize(const HttpRequest& request) const {
    const std::string token = bearer_of(request);
    if (token.empty()) {
        refuse_bearer(state_.switches,
                      "Request is missing required authentication credential. Expected OAuth 2 access token.",
                      "CREDENTIALS_MISSING");
    }
    const IssuedToken* known = state_.find(token);
    if (known == nullptr && is_self_signed(state_, request, token)) {
        return IssuedToken{TokenHolder::service_account, std::string(GoogleState::service_account),
                           std::string(GoogleState::cloud_scope), 0};
    }
    if (known == nullptr) {
        refuse_bearer(state_.switches,
                      "Request had invalid authentication credentials. Expected OAuth 2 access token.",
                      "ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }
    const std::vector<std::string_view> scopes = words(std::string_view(known->scope));
    const auto holds = [&scopes](std::string_view scope) {
        return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
    };
    const bool narrow = is_iam(request.path()) && holds("https://www.googleapis.com/auth/iam");
    if (!holds(GoogleState::cloud_scope) && !narrow) {
        throw Refused(google_error(state_.switches, 403, "Request had insufficient authentication scopes.", {},
                                   "ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
    }
    return *known;
}

Reply GoogleServices::identity_provider(const HttpRequest& request) {
    const std::string_view path = request.path();
    if (path == "/oidc/jwks" && request.method == "GET") {
        return google_json(200, json::object{{"keys", json::array{state_.oidc_key.public_jwk(GoogleState::key_id)}}});
    }
    if (path == "/oidc/token" && request.method == "GET") {
        // As the address that a CI job asks for its token: it wants the job's own bearer.
        if (bearer_of(request) != state_.url_bearer) {
            return google_json(401, json::object{{"message", "the job's bearer token is missing or wrong"}});
        }
        const std::string* host = find_header(request.headers, "host");
        return google_json(200, json::object{{"value", subject_token(state_, "http://" + (host ? *host : std::string()),
                                                                     {}, state_.oidc_key)}});
    }
    return google_json(404, json::object{{"message", "Not Found"}});
}

}  // namespace emulator
