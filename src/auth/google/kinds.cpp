#include "auth/google/kinds.hpp"

#include "auth/google/authorized_user.hpp"
#include "auth/google/external_account.hpp"
#include "auth/google/external_authorized_user.hpp"
#include "auth/google/impersonated_account.hpp"
#include "auth/google/impersonation.hpp"
#include "auth/google/service_account.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <array>

namespace cortex::auth::google {
namespace {

constexpr std::string_view login = "Run `gcloud auth application-default login` to write it anew.";

/// What an unusable file of that kind is cured with.
std::string remedy_for(std::string_view type) {
    if (type == "service_account") return "Create a new JSON key of the service account and use that file unchanged.";
    if (type == "external_account") return "Write it anew with `gcloud iam workload-identity-pools create-cred-config`.";
    if (type == "impersonated_service_account")
        return "Write it anew with `gcloud auth application-default login --impersonate-service-account=ACCOUNT`.";
    return std::string(login);
}

const std::vector<std::string>& known_types() {
    static const std::vector<std::string> types{"authorized_user",
                                                "service_account",
                                                "external_account",
                                                "external_account_authorized_user",
                                                "impersonated_service_account",
                                                "gdch_service_account"};
    return types;
}

ErrorInfo unknown_type(const FieldReader& fields, std::string_view type, bool nested) {
    if (type == "gdch_service_account")
        return {.code = ErrorCode::auth,
                .message = fmt::format("{} is of the type gdch_service_account (Google Distributed Cloud), which is not supported. Use a service "
                                       "account's key or workload identity federation.",
                                       fields.file())};
    if (nested && type == "impersonated_service_account")
        return {.code = ErrorCode::auth,
                .message = fmt::format("{} impersonates with impersonated credentials. Name the accounts between as delegates instead.", fields.file())};
    const std::string name = plain_name(type).value_or("(no plain word)");
    const auto near = nearest(type, known_types());
    std::vector<std::string> good = known_types();
    good.pop_back();
    return {.code = ErrorCode::auth,
            .message = fmt::format("The field type of {} is {}, which is no kind of credentials that is known{}. It must be {}.", fields.file(), name,
                                   near ? fmt::format(" (did you mean {}?)", *near) : "", join_or(good))};
}

Result<void> check_universe(const AdcOptions& options, const std::string& universe, const std::string& whose) {
    if (universe == options.universe_domain) return {};
    return ErrorInfo{.code = ErrorCode::config,
                     .message = fmt::format("{} belong to the universe {}, but the provider is set to {}. Use credentials of that universe, or set "
                                            "GOOGLE_CLOUD_UNIVERSE_DOMAIN.",
                                            whose, plain_name(universe).value_or("of another name"), options.universe_domain)};
}

}  // namespace

std::string quota_project(const World& world, FieldReader& fields) {
    std::string own = fields.text("quota_project_id");
    if (!own.empty() && !is_project_name(own)) fields.wrong("quota_project_id", "is no project's name");
    if (auto variable = env_value(world, "GOOGLE_CLOUD_QUOTA_PROJECT")) return std::move(*variable);
    return own;
}

Result<Token> token_of(Flow& flow, const FieldReader& fields, std::string_view type, std::string_view scope, bool nested) {
    if (type == "service_account") {
        Result<ServiceAccount> account = read_service_account(fields);
        if (!account) return std::move(account).error();
        return service_account_token(flow, *account, scope, nested);
    }
    if (type == "authorized_user") {
        Result<AuthorizedUser> user = read_authorized_user(fields);
        if (!user) return std::move(user).error();
        return authorized_user_token(flow, *user);
    }
    if (type == "external_account") {
        Result<ExternalAccount> account = read_external_account(flow.world, fields, flow.options.universe_domain);
        if (!account) return std::move(account).error();
        return external_account_token(flow, *account, scope);
    }
    if (type == "external_account_authorized_user") {
        Result<ExternalUser> user = read_external_user(fields, flow.options.universe_domain);
        if (!user) return std::move(user).error();
        return external_user_token(flow, *user);
    }
    if (type == "impersonated_service_account" && !nested) return impersonated_account_token(flow, fields, scope);
    return unknown_type(fields, type, nested);
}

Result<void> check_token_of(const World& world, const AdcOptions& options, const FieldReader& fields, std::string_view type, bool nested) {
    const auto outcome = [](const auto& read) { return read ? Result<void>() : Result<void>(read.error()); };
    if (type == "service_account") return outcome(read_service_account(fields));
    if (type == "authorized_user") return outcome(read_authorized_user(fields));
    if (type == "external_account_authorized_user") return outcome(read_external_user(fields, options.universe_domain));
    if (type == "external_account") {
        const Result<ExternalAccount> account = read_external_account(world, fields, options.universe_domain);
        return account ? check_external_account(world, *account) : outcome(account);
    }
    if (type == "impersonated_service_account" && !nested) return check_impersonated_account(world, options, fields);
    return unknown_type(fields, type, nested);
}

std::string describe(const CredentialFile& file, Place::Kind place) {
    const std::string at =
        place == Place::Kind::variable ? fmt::format("({}, {})", file.path, credentials_variable) : fmt::format("({})", file.path);
    const auto named = [](std::string_view what, std::string_view name) {
        const auto plain = plain_name(name);
        return plain ? fmt::format("{} {}", what, *plain) : std::string(what);
    };
    if (file.type == "service_account") return fmt::format("{} {}", named("service account", json_text_or_empty(file.object(), "client_email")), at);
    if (file.type == "authorized_user") return fmt::format("gcloud user credentials {}", at);
    if (file.type == "external_account_authorized_user") return fmt::format("workforce user credentials {}", at);
    if (file.type == "external_account") {
        const bool workforce = json_text_or_empty(file.object(), "audience").find("/workforcePools/") != std::string_view::npos;
        return fmt::format("{} identity federation {}", workforce ? "workforce" : "workload", at);
    }
    if (file.type == "impersonated_service_account") {
        FieldReader fields(file.object(), file.path, {});
        Impersonation target;
        read_impersonation_url(fields, target);
        return fmt::format("{} {}", named("impersonated service account", target.email), at);
    }
    return fmt::format("credential file {}", at);
}

Result<void> check_file(const World& world, const AdcOptions& options, const CredentialFile& file) {
    FieldReader fields(file.object(), file.path, remedy_for(file.type));
    std::string universe = fields.text("universe_domain");
    quota_project(world, fields);
    fields.text("project_id");
    if (fields.failed()) return fields.error();
    // What kind it is comes first: a file of an unknown kind has no universe to speak of.
    Result<void> usable = check_token_of(world, options, fields, file.type, false);
    if (!usable) return usable;
    if (universe.empty()) universe = default_universe;
    return check_universe(options, universe, fmt::format("The credentials in {}", file.path));
}

Result<Credential> credential_of(Flow& flow, const CredentialFile& file, Place::Kind place) {
    Result<void> usable = check_file(flow.world, flow.options, file);
    if (!usable) return std::move(usable).error();
    FieldReader fields(file.object(), file.path, remedy_for(file.type));
    Result<Token> token = token_of(flow, fields, file.type, flow.options.scope, false);
    if (!token) return std::move(token).error();
    Credential out;
    out.kind = Credential::Kind::bearer;
    out.secret = std::move(token->text);
    out.expires_at = token->expires_at;
    out.source = describe(file, place);
    out.quota_project = quota_project(flow.world, fields);
    out.project = fields.text("project_id");
    out.universe_domain = flow.options.universe_domain;
    return out;
}

}  // namespace cortex::auth::google
