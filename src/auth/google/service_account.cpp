#include "auth/google/service_account.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/kinds.hpp"
#include "auth/google/oauth_error.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {
namespace {

constexpr std::string_view google_audience = "https://oauth2.googleapis.com/token";
constexpr auto lifetime = std::chrono::seconds(3600);   // more is refused

}  // namespace

Result<ServiceAccount> read_service_account(FieldReader fields) {
    std::string email = fields.need("client_email");
    std::string pem = fields.need("private_key");
    std::string token_uri = fields.need("token_uri");
    std::string key_id = fields.text("private_key_id");
    if (!token_uri.empty())
        if (const auto why = unfit_url(token_uri); !why.empty()) fields.wrong("token_uri", why);
    if (fields.failed()) {
        wipe(pem);
        return fields.error();
    }
    Result<SigningKey> key = SigningKey::from_pem(pem, fields.where("private_key"));
    wipe(pem);
    if (!key) return std::move(key).error();
    return ServiceAccount{.file = fields.file(), .email = std::move(email), .key_id = std::move(key_id), .token_uri = std::move(token_uri),
                          .key = std::move(key).value()};
}

Result<std::string> assertion(const ServiceAccount& account, std::string_view scope, WallTime now) {
    // google-auth always claims Google's own address; a token server of somebody else's (a private one, an emulator) checks that it
    // is meant itself, and google-auth-library-java claims the file's address. With Google's hosts both are the same service.
    const std::string audience = is_google_host(account.token_uri) ? std::string(google_audience) : account.token_uri;
    return signed_token(account.key, account.key_id,
                        {time_claim("iat", now), time_claim("exp", now + lifetime), text_claim("iss", account.email),
                         text_claim("aud", audience), text_claim("scope", std::string(scope))});
}

Result<std::string> self_signed_token(const ServiceAccount& account, std::string_view scope, std::string_view service_host, WallTime now) {
    std::vector<Claim> claims{text_claim("iss", account.email), text_claim("sub", account.email), time_claim("iat", now),
                              time_claim("exp", now + lifetime)};
    // Either of the two, never both (google-auth 2.63.0 oauth2/service_account.py prefers the scope).
    if (!scope.empty())
        claims.push_back(text_claim("scope", std::string(scope)));
    else
        claims.push_back(text_claim("aud", fmt::format("https://{}/", service_host)));
    return signed_token(account.key, account.key_id, claims);
}

Result<Token> service_account_token(Flow& flow, const ServiceAccount& account, std::string_view scope, bool nested) {
    const WallTime now = flow.world.clock->wall();
    if ((flow.options.self_signed_jwt && !nested) || flow.options.universe_domain != default_universe) {
        Result<std::string> token = self_signed_token(account, scope, flow.options.service_host, now);
        if (!token) return std::move(token).error();
        return Token{.text = Secret(std::move(token).value()), .expires_at = std::chrono::floor<std::chrono::seconds>(now) + lifetime};
    }
    Result<std::string> signed_text = assertion(account, scope, now);
    if (!signed_text) return std::move(signed_text).error();
    std::string body = form({{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", *signed_text}});
    TokenQuestion question{.who = fmt::format("The token service {}", host_of(account.token_uri)),
                           .source = fmt::format("the service account's key in {}", account.file),
                           .remedy = "Create a new JSON key of the service account, or check that the account is enabled.",
                           .sent = {Secret(std::move(*signed_text))}};
    Result<TokenAnswer> answer = ask_for_token(flow, post_form(account.token_uri, std::move(body)), question);
    if (!answer) return std::move(answer).error();
    return std::move(answer->token);
}

}  // namespace cortex::auth::google
