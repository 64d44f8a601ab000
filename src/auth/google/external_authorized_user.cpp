#include "auth/google/external_authorized_user.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/oauth_error.hpp"
#include "core/base64.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {

std::string basic_authorization(std::string_view client_id, const Secret& client_secret) {
    std::string both = fmt::format("{}:{}", client_id, SecretAccess::text(client_secret));
    std::string out = "Basic " + base64(both);
    wipe(both);
    return out;
}

Result<ExternalUser> read_external_user(FieldReader fields, const std::string& universe) {
    ExternalUser user;
    user.file = fields.file();
    user.place = fields.where("refresh_token");
    user.client_id = fields.need("client_id");
    user.client_secret = Secret(fields.need("client_secret"));
    user.refresh_token = Secret(fields.need("refresh_token"));
    user.token_url = fields.text("token_url");
    if (user.token_url.empty()) user.token_url = fmt::format("https://sts.{}/v1/oauthtoken", universe);
    if (const auto why = unfit_url(user.token_url); !why.empty()) fields.wrong("token_url", why);
    if (fields.failed()) return fields.error();
    return user;
}

Result<Token> external_user_token(Flow& flow, const ExternalUser& user) {
    const Secret refresh_token = flow.rotated.current(user.place, user.refresh_token);
    HttpRequest request =
        post_form(user.token_url, form({{"grant_type", "refresh_token"}, {"refresh_token", SecretAccess::text(refresh_token)}}));
    request.headers.push_back({"authorization", basic_authorization(user.client_id, user.client_secret)});
    const TokenQuestion question{.who = fmt::format("The token service {}", host_of(user.token_url)),
                                 .source = fmt::format("the workforce user credentials in {}", user.file),
                                 .remedy = "Run `gcloud auth application-default login` with the workforce login configuration again.",
                                 .sent = {refresh_token, user.client_secret}};
    Result<TokenAnswer> answer = ask_for_token(flow, request, question);
    if (!answer) return std::move(answer).error();
    if (!answer->refresh_token.absent()) flow.rotated.replace(user.place, user.refresh_token, std::move(answer->refresh_token));
    return std::move(answer->token);
}

}  // namespace cortex::auth::google
