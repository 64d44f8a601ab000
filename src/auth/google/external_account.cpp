#include "auth/google/external_account.hpp"

#include "auth/google/external_authorized_user.hpp"
#include "auth/google/http_rules.hpp"
#include "auth/google/kinds.hpp"
#include "auth/google/oauth_error.hpp"
#include "auth/google/subject_aws.hpp"
#include "auth/google/subject_executable.hpp"
#include "auth/google/subject_token.hpp"
#include "core/percent.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::auth::google {
namespace {

constexpr std::string_view aws_token_type = "urn:ietf:params:aws:token-type:aws4_request";
constexpr std::string_view x509 =
    "asks for a client certificate (X.509 federation), which is not supported. Use a token from a file, a URL, a program or AWS instead, or a "
    "service account";

bool is_workforce(std::string_view audience) {
    const std::string_view start = "//iam.googleapis.com/locations/";
    return audience.starts_with(start) && audience.find("/workforcePools/") != std::string_view::npos;
}

/// Exactly one of the kinds must be there; AWS is told by the type of its token.
std::optional<SubjectKind> choose_kind(FieldReader& fields, FieldReader& source, std::string_view token_type) {
    if (token_type == aws_token_type || source.has("environment_id")) return SubjectKind::aws;
    if (source.has("executable")) return SubjectKind::executable;
    const int kinds = int{source.has("file")} + int{source.has("url")} + int{source.has("certificate")};
    if (kinds > 1) {
        fields.wrong("credential_source", "names more than one of file, url and certificate");
        return std::nullopt;
    }
    if (source.has("certificate")) {
        source.wrong("certificate", x509);
        return std::nullopt;
    }
    if (source.has("file")) return SubjectKind::file;
    if (source.has("url")) return SubjectKind::url;
    fields.wrong("credential_source", "names no source of the subject token (file, url, executable or AWS's environment_id)");
    return std::nullopt;
}

void read_impersonation(const World& world, FieldReader& fields, ExternalAccount& account) {
    if (!fields.has("service_account_impersonation_url")) return;
    Impersonation target;
    if (!read_impersonation_url(fields, target)) return;
    if (auto options = fields.object("service_account_impersonation")) {
        target.lifetime_seconds = options->integer("token_lifetime_seconds").value_or(3600);
        if (target.lifetime_seconds < 600 || target.lifetime_seconds > 43200)
            options->wrong("token_lifetime_seconds", "is not between 600 and 43200");
    }
    target.quota_project = quota_project(world, fields);
    account.impersonation = std::move(target);
}

SubjectContext context_of(const ExternalAccount& account) {
    return {.audience = account.audience,
            .token_type = account.subject_token_type,
            .impersonated_email = account.impersonation ? account.impersonation->email : std::string()};
}

Result<Secret> subject_token(Flow& flow, const ExternalAccount& account) {
    switch (account.kind) {
        case SubjectKind::file: return subject_from_file(flow, account.source);
        case SubjectKind::url: return subject_from_url(flow, account.source);
        case SubjectKind::executable: return subject_from_executable(flow, account.source, context_of(account));
        case SubjectKind::aws: return subject_from_aws(flow, account.source, context_of(account));
    }
    return ErrorInfo{};
}

/// What goes with the exchange beside its fields, as google-auth writes it: JSON, percent-encoded before the form is.
std::string exchange_options(const ExternalAccount& account) {
    if (account.workforce_project.empty() || !account.client_id.empty()) return {};
    return percent_encode(fmt::format("{{\"userProject\": \"{}\"}}", account.workforce_project), "/");
}

}  // namespace

Result<ExternalAccount> read_external_account(const World& world, FieldReader fields, const std::string& universe) {
    std::string audience = fields.need("audience");
    std::string token_type = fields.need("subject_token_type");
    std::string token_url = fields.text("token_url");
    if (token_url.empty()) token_url = fmt::format("https://sts.{}/v1/token", universe);
    if (const auto why = unfit_url(token_url); !why.empty()) fields.wrong("token_url", why);
    auto source = fields.object("credential_source");
    if (!fields.has("credential_source")) fields.need("credential_source");
    if (fields.failed() || !source) return fields.error();

    ExternalAccount account{.source = std::move(*source)};
    account.file = fields.file();
    account.audience = std::move(audience);
    account.subject_token_type = std::move(token_type);
    account.token_url = std::move(token_url);
    account.client_id = fields.text("client_id");
    account.client_secret = Secret(fields.text("client_secret"));
    account.workforce_project = fields.text("workforce_pool_user_project");
    if (!account.workforce_project.empty() && !is_workforce(account.audience))
        fields.wrong("workforce_pool_user_project", "is there, but the audience names no workforce pool");
    if (!account.workforce_project.empty() && !plain_name(account.workforce_project))
        fields.wrong("workforce_pool_user_project", "is no project's name");
    const auto kind = choose_kind(fields, account.source, account.subject_token_type);
    read_impersonation(world, fields, account);
    if (fields.failed() || !kind) return fields.error();
    account.kind = *kind;
    return account;
}

Result<void> check_external_account(const World& world, const ExternalAccount& account) {
    switch (account.kind) {
        case SubjectKind::file: return check_file_source(account.source);
        case SubjectKind::url: return check_url_source(account.source);
        case SubjectKind::executable: return check_executable_source(world, account.source);
        case SubjectKind::aws: return check_aws_source(account.source);
    }
    return {};
}

Result<Token> external_account_token(Flow& flow, const ExternalAccount& account, std::string_view scope) {
    Result<Secret> subject = subject_token(flow, account);
    if (!subject) return std::move(subject).error();

    // A scope is sent even where the token is only a step: without one the service refuses, or gives a token that is good for nothing.
    HttpRequest request = post_form(
        account.token_url, form({{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
                                 {"audience", account.audience},
                                 {"scope", account.impersonation ? cloud_platform_scope : scope},
                                 {"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                                 {"subject_token", SecretAccess::text(*subject)},
                                 {"subject_token_type", account.subject_token_type},
                                 {"options", exchange_options(account)}}));
    if (!account.client_id.empty())
        request.headers.push_back({"authorization", basic_authorization(account.client_id, account.client_secret)});
    const TokenQuestion question{
        .who = fmt::format("The token service {}", host_of(account.token_url)),
        .source = fmt::format("the subject token that {} describes", account.file),
        .remedy = "Check the audience, and the attribute mapping and condition of the identity pool's provider.",
        .sent = {*subject, account.client_secret}};
    Result<TokenAnswer> answer = ask_for_token(flow, request, question);
    if (!answer) return std::move(answer).error();
    if (!account.impersonation) return std::move(answer->token);
    return impersonate(flow, *account.impersonation, answer->token, scope);
}

}  // namespace cortex::auth::google
