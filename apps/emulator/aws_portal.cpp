#include "aws_portal.hpp"

#include "aws_dpop.hpp"
#include "aws_reply.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "form.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::int64_t proof_tolerance = 300;

json::object read_body(const HttpRequest& request) {
    boost::system::error_code error;
    json::value body = json::parse(request.body, error);
    if (error || !body.is_object()) {
        throw Rejection(400, "InvalidRequestException", "The request body is not a JSON object");
    }
    return std::move(body.get_object());
}

std::string header_or_empty(const HttpRequest& request, std::string_view name) {
    const std::string* value = find_header(request.headers, name);
    return value == nullptr ? std::string() : *value;
}

// A token that was used is spent where tokens rotate; the next one is handed out.
std::string next_refresh_token(AwsState& state, std::set<std::string, std::less<>>& tokens, const std::string& used) {
    if (!state.rotate_refresh_tokens) {
        return used;
    }
    tokens.erase(used);
    return *tokens.insert("emulator-refresh-" + base64url(random_bytes(24))).first;
}

Reply signin_error(int status, std::string_view type, std::string_view error, std::string_view message) {
    Reply reply = aws_json(status, json::object{{"error", error}, {"message", message}});
    reply.headers.emplace_back("x-amzn-ErrorType", type);
    return reply;
}

// Empty when the proof is good; otherwise what is wrong with it (RFC 9449, section 4.3).
std::string wrong_proof(AwsState& state, const HttpRequest& request) {
    const std::optional<Jwt> proof = read_jwt(header_or_empty(request, "dpop"));
    if (!proof) {
        return "The DPoP header is missing or no token";
    }
    const json::value* jwk = member(proof->header, "jwk");
    if (text_of(proof->header, "typ") != "dpop+jwt" || jwk == nullptr || !jwk->is_object()) {
        return "The DPoP proof has the wrong type or no key";
    }
    if (jwk->get_object().contains("d")) {
        return "The DPoP proof shows the private key";
    }
    if (!verifies_es256(*proof, jwk->get_object())) {
        return "The signature of the DPoP proof is wrong";
    }
    const std::string address = text_of(proof->claims, "htu");
    const std::string here = "://" + header_or_empty(request, "host") + std::string(request.path());
    if (text_of(proof->claims, "htm") != request.method || (address != "http" + here && address != "https" + here)) {
        return "The DPoP proof is for another request";
    }
    const std::int64_t made = integer_of(proof->claims, "iat").value_or(0);
    if (made < state.now() - proof_tolerance || made > state.now() + proof_tolerance) {
        return "The DPoP proof is too old or from the future";
    }
    const std::string id = text_of(proof->claims, "jti");
    if (id.empty() || !state.login.proofs.insert(id).second) {
        return "The DPoP proof was used before";
    }
    const std::string point = text_of(jwk->get_object(), "x") + "." + text_of(jwk->get_object(), "y");
    if (!state.login.bound_key.empty() && state.login.bound_key != point) {
        return "The refresh token is bound to another key";
    }
    state.login.bound_key = point;
    return {};
}

}  // namespace

Reply answer_sso(AwsState& state, const HttpRequest& request) {
    if (request.method != "GET") {
        throw Rejection(405, "InvalidRequestException", "Method Not Allowed");
    }
    const auto token = state.sso.access_tokens.find(header_or_empty(request, "x-amz-sso_bearer_token"));
    if (token == state.sso.access_tokens.end() || (token->second != 0 && token->second <= state.now())) {
        throw Rejection(401, "UnauthorizedException", "Session token not found or invalid");
    }
    const Form query = query_of(request);
    const std::string account = field(query, "account_id");
    const std::string role = field(query, "role_name");
    const bool digits = std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (account.size() != 12 || !digits || role.empty()) {
        throw Rejection(400, "InvalidRequestException", "account_id and role_name are required");
    }
    if (role.find("denied") != std::string::npos) {
        throw Rejection(403, "ForbiddenException", "No access");
    }
    const AwsKey key =
        state.issue("arn:aws:sts::" + account + ":assumed-role/AWSReservedSSO_" + role + "/emulator", 3600);
    return aws_json(200, json::object{{"roleCredentials", json::object{{"accessKeyId", key.id},
                                                                       {"secretAccessKey", key.secret},
                                                                       {"sessionToken", key.token},
                                                                       {"expiration", key.expires * 1000}}}});
}

Reply answer_oidc(AwsState& state, const HttpRequest& request) {
    const json::object body = read_body(request);
    if (text_of(body, "grantType") != "refresh_token") {
        throw Rejection(400, "UnsupportedGrantTypeException", "Unsupported grant type");
    }
    if (text_of(body, "clientId") != state.sso.client_id || text_of(body, "clientSecret") != state.sso.client_secret) {
        throw Rejection(401, "InvalidClientException", "Client credentials are invalid");
    }
    const std::string used = text_of(body, "refreshToken");
    if (!state.sso.refresh_tokens.contains(used)) {
        throw Rejection(400, "InvalidGrantException", "Invalid refresh token provided");
    }
    const std::string access = "emulator-sso-" + base64url(random_bytes(24));
    const std::int64_t lifetime = state.lifetime_or(3600);
    state.sso.access_tokens[access] = state.now() + lifetime;
    const std::string refresh = next_refresh_token(state, state.sso.refresh_tokens, used);
    return aws_json(
        200, json::object{
                 {"accessToken", access}, {"tokenType", "Bearer"}, {"expiresIn", lifetime}, {"refreshToken", refresh}});
}

Reply answer_signin(AwsState& state, const HttpRequest& request) {
    const json::object body = read_body(request);
    if (!text_of(body, "clientId").starts_with("arn:aws:signin:::devtools/") ||
        text_of(body, "grantType") != "refresh_token") {
        return signin_error(400, "ValidationException", "INVALID_REQUEST", "clientId or grantType is not valid");
    }
    if (const std::string wrong = wrong_proof(state, request); !wrong.empty()) {
        return signin_error(400, "ValidationException", "INVALID_REQUEST", wrong);
    }
    const std::string used = text_of(body, "refreshToken");
    if (state.revoked(used)) {
        return signin_error(403, "AccessDeniedException", "USER_CREDENTIALS_CHANGED",
                            "The user's credentials have changed");
    }
    if (!state.login.refresh_tokens.contains(used)) {
        return signin_error(403, "AccessDeniedException", "TOKEN_EXPIRED", "The refresh token has expired");
    }
    const std::int64_t lifetime = std::min<std::int64_t>(state.lifetime_or(900), 900);
    const AwsKey key =
        state.issue("arn:aws:sts::" + std::string(aws_account) + ":assumed-role/Admin/emulator", lifetime);
    const std::string refresh = next_refresh_token(state, state.login.refresh_tokens, used);
    return aws_json(200, json::object{{"accessToken", json::object{{"accessKeyId", key.id},
                                                                   {"secretAccessKey", key.secret},
                                                                   {"sessionToken", key.token}}},
                                      {"tokenType", "aws_sigv4"},
                                      {"expiresIn", lifetime},
                                      {"refreshToken", refresh}});
}

}  // namespace emulator
