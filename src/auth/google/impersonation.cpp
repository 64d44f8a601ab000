#include "auth/google/impersonation.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/oauth_error.hpp"
#include "core/date_time.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {
namespace {

constexpr std::string_view field = "service_account_impersonation_url";
constexpr std::string_view call = ":generateAccessToken";
constexpr std::string_view account_prefix = "projects/-/serviceAccounts/";

bool passes(const HttpAnswer& answer) {
    const int status = answer.head.status;
    // google-auth asks once here; its list for the neighbouring calls (iam.py, 2.63.0) is 500, 502, 503, 504.
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

}  // namespace

bool read_impersonation_url(FieldReader& fields, Impersonation& out) {
    out.url = fields.need(field);
    if (out.url.empty()) return false;
    if (const auto why = unfit_url(out.url); !why.empty()) {
        fields.wrong(field, why);
        return false;
    }
    const std::size_t account = out.url.rfind("/serviceAccounts/");
    if (account == std::string::npos || !out.url.ends_with(call) || out.url.find_first_of("?#") != std::string::npos) {
        fields.wrong(field, "does not end in /serviceAccounts/EMAIL:generateAccessToken");
        return false;
    }
    const std::size_t start = account + std::string_view("/serviceAccounts/").size();
    out.email = out.url.substr(start, out.url.size() - call.size() - start);
    out.file = fields.file();
    return true;
}

Result<Token> impersonate(Flow& flow, const Impersonation& target, const Token& source, std::string_view scope) {
    JsonWriter body;
    body.begin_object().key("delegates").begin_array();
    for (const std::string& delegate : target.delegates)
        body.string(delegate.starts_with("projects/") ? delegate : fmt::format("{}{}", account_prefix, delegate));
    body.end_array().key("scope").begin_array().string(scope).end_array();
    body.field("lifetime", fmt::format("{}s", target.lifetime_seconds)).end_object();

    HttpRequest request;
    request.url = target.url;
    request.use_proxy = !is_local(target.url);
    request.headers = {{"content-type", "application/json"},
                       {"accept", "application/json"},
                       {"authorization", fmt::format("Bearer {}", SecretAccess::text(source.text))}};
    if (!target.quota_project.empty()) request.headers.push_back({"x-goog-user-project", target.quota_project});
    request.body = std::make_shared<const std::string>(std::move(body).take());

    const std::string account = plain_name(target.email).value_or("the service account");
    const TokenQuestion question{
        .who = fmt::format("The service {}", host_of(target.url)),
        .source = fmt::format("to impersonate {} with the credentials of {}", account, target.file),
        .remedy = "Grant the source account the role roles/iam.serviceAccountTokenCreator on it, and enable the IAM Service Account "
                  "Credentials API.",
        .sent = {source.text}};
    Attempts attempts;
    attempts.again = passes;
    Result<Answered> answered = exchange(flow.world, request, question.who, attempts);
    if (!answered) return std::move(answered).error();
    HttpAnswer& answer = answered->answer;
    if (answer.head.status < 200 || answer.head.status >= 300) return refusal(flow.world, answer, question);

    JsonParser parser;
    const JsonObject* const object = parser.parse_object(answer.body);
    const std::string_view token = object == nullptr ? std::string_view() : json_text_or_empty(*object, "accessToken");
    const auto ends = object == nullptr ? std::nullopt : parse_iso8601(json_text_or_empty(*object, "expireTime"));
    if (token.empty() || !fits_header(token) || !ends) {
        wipe(answer.body);
        return ErrorInfo{.code = ErrorCode::unavailable,
                         .message = fmt::format("{} gave an answer without {} (HTTP {}). Check whether something between this machine and Google "
                                                "answers in its place.",
                                                question.who, token.empty() ? "a token" : "a usable token and expireTime", answer.head.status),
                         .retryable = true,
                         .provider = {},
                         .model = {},
                         .http_status = answer.head.status};
    }
    Token out{.text = Secret(std::string(token)), .expires_at = *ends};
    wipe(answer.body);
    return out;
}

}  // namespace cortex::auth::google
