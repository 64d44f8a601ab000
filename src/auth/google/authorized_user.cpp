#include "auth/google/authorized_user.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/oauth_error.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {

Result<AuthorizedUser> read_authorized_user(FieldReader fields) {
    AuthorizedUser user;
    user.file = fields.file();
    user.place = fields.where("refresh_token");
    user.client_id = fields.need("client_id");
    user.client_secret = Secret(fields.need("client_secret"));
    user.refresh_token = Secret(fields.need("refresh_token"));
    user.rapt_token = fields.text("rapt_token");
    // google-auth ignores `token_uri` here: a refresh token of Google's goes to Google, whatever a file says. So do we, but for Google's
    // hosts and this machine itself, where test servers listen.
    user.token_uri = "https://oauth2.googleapis.com/token";
    const std::string uri = fields.text("token_uri");
    if (unfit_url(uri).empty() && (is_loopback_url(uri) || is_google_host(uri))) user.token_uri = uri;
    if (fields.failed()) return fields.error();
    return user;
}

Result<Token> authorized_user_token(Flow& flow, const AuthorizedUser& user) {
    const Secret refresh_token = flow.rotated.current(user.place, user.refresh_token);
    std::string body = form({{"grant_type", "refresh_token"},
                             {"client_id", user.client_id},
                             {"client_secret", SecretAccess::text(user.client_secret)},
                             {"refresh_token", SecretAccess::text(refresh_token)},
                             {"rapt", user.rapt_token}});
    const TokenQuestion question{.who = fmt::format("The token service {}", host_of(user.token_uri)),
                                 .source = fmt::format("the gcloud user credentials in {}", user.file),
                                 .remedy = "Run `gcloud auth application-default login` to log in again.",
                                 .sent = {refresh_token, user.client_secret, Secret(user.rapt_token)}};
    Result<TokenAnswer> answer = ask_for_token(flow, post_form(user.token_uri, std::move(body)), question);
    if (!answer) return std::move(answer).error();
    if (!answer->refresh_token.absent()) flow.rotated.replace(user.place, user.refresh_token, std::move(answer->refresh_token));
    return std::move(answer->token);
}

}  // namespace cortex::auth::google
