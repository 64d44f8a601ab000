#include "auth/aws/key_document.hpp"
#include "auth/aws/service_call.hpp"
#include "auth/aws/sources.hpp"
#include "auth/aws/sso_token.hpp"
#include "core/percent.hpp"
#include "core/json.hpp"
#include "core/mask.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

std::string source_name(const SsoSettings& settings, std::string_view profile) {
    return settings.token.session.empty() ? fmt::format("SSO of profile {}", profile)
                                          : fmt::format("SSO session {} of profile {}", settings.token.session, profile);
}

}  // namespace

Result<Credential> sso_keys(Asking& asking, const SsoSettings& settings, std::string_view profile) {
    Result<SsoAccess> access = sso_access(asking, settings.token, profile);
    if (!access) return std::move(access).error();
    Result<Endpoint> where = service_endpoint(asking, {.service = "sso", .region = settings.token.region}, "SSO");
    if (!where) return std::move(where).error();
    const std::string token(SecretAccess::text(access->token));
    const std::string url = fmt::format("{}/federation/credentials?role_name={}&account_id={}", where->url, percent_encode(settings.role_name),
                                        percent_encode(settings.account_id));
    const auto request = [&] {
        HttpRequest out;
        out.method = HttpMethod::get;
        out.url = url;
        out.headers = {{"x-amz-sso_bearer_token", token}, {"accept", "application/json"}};
        return out;
    };
    const auto judge = [](const HttpAnswer& answer) { return judge_status(answer.head.status, read_json_error(answer.head, answer.body).code); };
    Result<HttpAnswer> answer = ask_service(asking.world, request, judge);
    const std::string source = source_name(settings, profile);
    if (!answer) return unreachable(std::move(answer).error(), fmt::format("{} cannot be asked for keys", source));
    const std::string role = fmt::format("role {} of account {}", settings.role_name, settings.account_id);
    if (answer->head.status != 200) {
        ServiceError said = read_json_error(answer->head, answer->body);
        said.message = mask_secret(said.message, token);
        if (answer->head.status == 401) return service_failure(said, 401, fmt::format("{} has a token that is not valid any more", source), sso_login_remedy(profile));
        return service_failure(said, answer->head.status, fmt::format("{} gave no keys for {}", source, role),
                               "Check sso_account_id and sso_role_name, and that the role is yours.");
    }
    JsonParser parser;
    const JsonObject* object = parser.parse_object(answer->body);
    const JsonObject* held = object == nullptr ? nullptr : json_object(*object, "roleCredentials");
    if (held == nullptr)
        return ErrorInfo{.code = ErrorCode::protocol, .message = fmt::format("{} answered with something that holds no roleCredentials. Check its address.", source)};
    Result<RawKeys> keys = read_keys(*held, fmt::format("{} answered wrongly", source));
    wipe(answer->body);
    if (!keys) return std::move(keys).error();
    if (keys->account_id.empty()) keys->account_id = settings.account_id;
    return to_credential(std::move(keys).value(), source);
}

}  // namespace cortex::auth::aws
