#include "google_oauth.hpp"

#include "crypto.hpp"
#include "form.hpp"
#include "google_replies.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::string_view bearer_grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::int64_t longest_assertion = 3600;
constexpr std::int64_t clock_tolerance = 300;

Form token_form(const HttpRequest& request) {
    if (request.method != "POST") {
        refuse_token(405, "invalid_request", "Only POST is allowed.");
    }
    const std::string* type = find_header(request.headers, "content-type");
    if (type == nullptr || !lower(*type).starts_with("application/x-www-form-urlencoded")) {
        refuse_token(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded.");
    }
    std::optional<Form> form = read_form(request.body);
    if (!form) {
        refuse_token(400, "invalid_request", "The body is not a form.");
    }
    return std::move(*form);
}

bool holds_time(const GoogleState& state, const json::object& claims) {
    const std::optional<std::int64_t> issued = integer_of(claims, "iat");
    const std::optional<std::int64_t> expires = integer_of(claims, "exp");
    return issued && expires && *expires > *issued && *expires <= *issued + longest_assertion &&
           *issued <= state.now() + clock_tolerance && *expires > state.now();
}

bool is_client(const GoogleState& state, std::string_view id, std::string_view secret) {
    return id == GoogleState::client_id && same_bytes(secret, state.client_secret);
}

Reply from_assertion(GoogleState& state, const HttpRequest& request, const Form& form) {
    const std::optional<Jwt> jwt = read_jwt(field(form, "assertion"));
    if (!jwt || text_of(jwt->header, "alg") != "RS256") {
        refuse_token(400, "invalid_grant", "Invalid JWT: it must have three parts and be signed with RS256.");
    }
    if (text_of(jwt->claims, "iss") != GoogleState::service_account) {
        refuse_token(400, "invalid_grant", "Invalid grant: account not found");
    }
    const std::string key_id = text_of(jwt->header, "kid");
    if ((!key_id.empty() && key_id != GoogleState::key_id) ||
        !state.service_key.verifies(jwt->signed_text, jwt->signature)) {
        refuse_token(400, "invalid_grant", "Invalid JWT Signature.");
    }
    const std::string audience = text_of(jwt->claims, "aud");
    if (audience != "https://oauth2.googleapis.com/token" && !is_own_url(request, audience, "/token")) {
        refuse_token(400, "invalid_grant", "Invalid JWT: Failed audience check.");
    }
    if (!holds_time(state, jwt->claims)) {
        refuse_token(400, "invalid_grant",
                     "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                     "Check your iat and exp values in the JWT claim.");
    }
    const std::string subject = text_of(jwt->claims, "sub");
    if (!subject.empty() && subject != GoogleState::service_account) {
        refuse_token(401, "unauthorized_client", "Client is unauthorized to retrieve access tokens for this subject.");
    }
    const std::string scope = text_of(jwt->claims, "scope");
    if (scope.empty()) {
        refuse_token(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }
    const std::string token = state.issue(TokenHolder::service_account, GoogleState::service_account, scope);
    return token_answer(state, token, state.switches.lifetime_seconds);
}

Reply refreshed(GoogleState& state, std::string& refresh_token, std::string_view sent, TokenHolder holder,
                std::string_view account) {
    if (state.refresh_revoked()) {
        refuse_token(400, "invalid_grant", "Token has been expired or revoked.");
    }
    if (!same_bytes(sent, refresh_token)) {
        refuse_token(400, "invalid_grant", "Bad Request");
    }
    if (state.switches.require_reauthentication) {
        refuse_token(400, "invalid_grant", "reauth related error (invalid_rapt)", "invalid_rapt");
    }
    json::object more{{"scope", GoogleState::cloud_scope}};
    if (state.switches.rotate_refresh_tokens) {
        GoogleState::rotate(refresh_token);
        more["refresh_token"] = refresh_token;
    }
    const std::string token = state.issue(holder, account, GoogleState::cloud_scope);
    return token_answer(state, token, state.switches.lifetime_seconds, more);
}

// Nothing without the header.
std::optional<std::pair<std::string, std::string>> basic_client(const HttpRequest& request) {
    const std::string* header = find_header(request.headers, "authorization");
    if (header == nullptr || !lower(*header).starts_with("basic ")) {
        return std::nullopt;
    }
    const std::string pair = from_base64(trimmed(std::string_view(*header).substr(6))).value_or("");
    const std::size_t colon = std::min(pair.find(':'), pair.size());
    return std::pair{pair.substr(0, colon), pair.substr(std::min(colon + 1, pair.size()))};
}

std::string oidc_subject(const GoogleState& state, std::string_view token) {
    const std::optional<Jwt> jwt = read_jwt(token);
    if (!jwt || text_of(jwt->header, "alg") != "RS256") {
        refuse_token(400, "invalid_request", "Unable to parse the ID Token.");
    }
    if (!state.oidc_key.verifies(jwt->signed_text, jwt->signature)) {
        refuse_token(400, "invalid_grant", "The signature of the ID Token does not fit the issuer's keys.");
    }
    if (!text_of(jwt->claims, "iss").ends_with("/oidc")) {
        refuse_token(400, "invalid_grant", "The issuer in ID Token does not match the expected ones.");
    }
    if (text_of(jwt->claims, "aud") != "https:" + workload_audience("oidc")) {
        refuse_token(400, "invalid_grant", "The audience in ID Token does not match the expected audience.");
    }
    const std::optional<std::int64_t> expires = integer_of(jwt->claims, "exp");
    const std::optional<std::int64_t> issued = integer_of(jwt->claims, "iat");
    if (!expires || !issued || *expires <= state.now() || *issued > state.now() + clock_tolerance) {
        refuse_token(400, "invalid_grant", "ID Token issued at " + std::to_string(issued.value_or(0)) +
                                               " is stale to sign-in.");
    }
    return text_of(jwt->claims, "sub");
}

void check_exchange(const GoogleState& state, const HttpRequest& request, const Form& form) {
    for (const std::string_view name : {"grant_type", "audience", "scope", "requested_token_type", "subject_token",
                                        "subject_token_type"}) {
        if (field(form, name).empty()) {
            refuse_token(400, "invalid_request", "Invalid value for \"" + std::string(name) + "\".");
        }
    }
    if (field(form, "grant_type") != "urn:ietf:params:oauth:grant-type:token-exchange") {
        refuse_token(400, "unsupported_grant_type", "Invalid grant_type.");
    }
    if (field(form, "requested_token_type") != "urn:ietf:params:oauth:token-type:access_token") {
        refuse_token(400, "invalid_request", "Invalid value for \"requested_token_type\".");
    }
    const auto client = basic_client(request);
    if (client && !is_client(state, client->first, client->second)) {
        refuse_token(401, "invalid_client", "The OAuth client was not found.");
    }
    std::string user_project;
    if (const std::string options = field(form, "options"); !options.empty()) {
        // Percent-encoded once more inside the form (google-auth 2.63.0 oauth2/sts.py).
        boost::system::error_code error;
        const json::value parsed = json::parse(percent_decoded(options, false).value_or(""), error);
        if (error || !parsed.is_object()) {
            refuse_token(400, "invalid_request", "Invalid value for \"options\".");
        }
        user_project = text_of(parsed.get_object(), "userProject");
    }
    if (field(form, "audience") == workforce_audience() && user_project.empty() && !client) {
        refuse_token(400, "invalid_request", "A workforce pool needs options.userProject or an OAuth client.");
    }
}

}  // namespace

bool is_own_url(const HttpRequest& request, std::string_view url, std::string_view path) {
    const std::string* host = find_header(request.headers, "host");
    return host != nullptr &&
           (url == "http://" + *host + std::string(path) || url == "https://" + *host + std::string(path));
}

Reply oauth_token(GoogleState& state, const HttpRequest& request) {
    const Form form = token_form(request);
    const std::string grant = field(form, "grant_type");
    if (grant == bearer_grant) {
        return from_assertion(state, request, form);
    }
    if (grant != "refresh_token") {
        refuse_token(400, "unsupported_grant_type", "Invalid grant_type: " + grant);
    }
    if (!is_client(state, field(form, "client_id"), field(form, "client_secret"))) {
        refuse_token(401, "invalid_client", "The OAuth client was not found.");
    }
    return refreshed(state, state.user_refresh_token(), field(form, "refresh_token"), TokenHolder::user,
                     "user@example.com");
}

Reply workforce_token(GoogleState& state, const HttpRequest& request) {
    const Form form = token_form(request);
    const auto client = basic_client(request);
    if (!client || !is_client(state, client->first, client->second)) {
        refuse_token(401, "invalid_client", "The OAuth client was not found.");
    }
    if (field(form, "grant_type") != "refresh_token") {
        refuse_token(400, "unsupported_grant_type", "Invalid grant_type.");
    }
    return refreshed(state, state.workforce_refresh_token(), field(form, "refresh_token"), TokenHolder::federated,
                     "principal:workforce-user");
}

Reply exchange_token(GoogleState& state, const HttpRequest& request) {
    const Form form = token_form(request);
    check_exchange(state, request, form);
    const std::string audience = field(form, "audience");
    const std::string type = field(form, "subject_token_type");
    const bool oidc = audience == workload_audience("oidc") || audience == workforce_audience();
    const bool aws = audience == workload_audience("aws");
    if (!oidc && !aws) {
        refuse_token(400, "invalid_target", "The target service indicated by the \"audience\" parameters is invalid.");
    }
    const bool fits = aws ? type == "urn:ietf:params:aws:token-type:aws4_request"
                          : type == "urn:ietf:params:oauth:token-type:jwt" ||
                                type == "urn:ietf:params:oauth:token-type:id_token";
    if (!fits) {
        refuse_token(400, "invalid_request", "Invalid value for \"subject_token_type\".");
    }
    const std::string token = field(form, "subject_token");
    const std::string subject = aws ? aws_subject(state, token, audience) : oidc_subject(state, token);
    const std::string issued = state.issue(TokenHolder::federated, "principal:" + subject, field(form, "scope"));
    return token_answer(state, issued, state.switches.lifetime_seconds,
                        {{"issued_token_type", "urn:ietf:params:oauth:token-type:access_token"}});
}

bool is_self_signed(const GoogleState& state, const HttpRequest& request, std::string_view token) {
    const std::optional<Jwt> jwt = read_jwt(token);
    if (!jwt || text_of(jwt->header, "alg") != "RS256" ||
        !state.service_key.verifies(jwt->signed_text, jwt->signature) || !holds_time(state, jwt->claims) ||
        text_of(jwt->claims, "iss") != GoogleState::service_account ||
        text_of(jwt->claims, "sub") != GoogleState::service_account) {
        return false;
    }
    const std::string audience = text_of(jwt->claims, "aud");
    const std::string scope = text_of(jwt->claims, "scope");
    if (audience.empty()) {
        const std::vector<std::string_view> scopes = words(std::string_view(scope));
        return std::find(scopes.begin(), scopes.end(), GoogleState::cloud_scope) != scopes.end();
    }
    const std::string_view host = audience;
    const bool googles = host.starts_with("https://") && (host.ends_with("aiplatform.googleapis.com/") ||
                                                          host == "https://aiplatform.us.rep.googleapis.com/" ||
                                                          host == "https://aiplatform.eu.rep.googleapis.com/");
    return scope.empty() && (googles || is_own_url(request, audience, "/"));
}

}  // namespace emulator
