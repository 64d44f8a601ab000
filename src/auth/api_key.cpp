#include "auth/api_key.hpp"

#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace cortex::auth {
namespace {

constexpr std::string_view config_source = "api_key";

/// Why a header cannot carry the key, or "".
std::string_view unfit(std::string_view key) {
    for (const char c : key) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == '\n' || byte == '\r') return "holds a line break";
        if (byte < 0x20 || byte == 0x7F) return "holds a control character";
        if (byte == ' ') return "holds a space";
        if (byte >= 0x80) return "holds a character that is not ASCII";
    }
    return {};
}

std::string_view mode_of(Credential::Kind kind) noexcept {
    switch (kind) {
        case Credential::Kind::api_key: return "api_key";
        case Credential::Kind::bearer: return "bearer_token";
        case Credential::Kind::aws_keys:
        case Credential::Kind::none: break;
    }
    return "none";
}

std::string variable_source(const KeyVariable& variable) { return "environment variable " + variable.name; }

ErrorInfo unfit_key(const std::string& provider, std::string_view source, std::string_view why) {
    return {.code = ErrorCode::config,
            .message = fmt::format("{}: the key from {} {}. Copy the key alone, without quotes, spaces or line breaks.",
                                   provider, source, why),
            .provider = provider};
}

}  // namespace

KeyPlan anthropic_keys(std::string provider, Secret configured) {
    return {.provider = std::move(provider),
            .configured = std::move(configured),
            .configured_kind = Credential::Kind::api_key,
            .variables = {{"ANTHROPIC_API_KEY", Credential::Kind::api_key},
                          {"ANTHROPIC_AUTH_TOKEN", Credential::Kind::bearer}},
            .required = true};
}

KeyPlan openai_keys(std::string provider, Secret configured) {
    return {.provider = std::move(provider),
            .configured = std::move(configured),
            .configured_kind = Credential::Kind::api_key,
            .variables = {{"OPENAI_API_KEY", Credential::Kind::api_key}},
            .required = true};
}

KeyPlan azure_keys(std::string provider, Secret configured) {
    return {.provider = std::move(provider),
            .configured = std::move(configured),
            .configured_kind = Credential::Kind::api_key,
            .variables = {{"AZURE_OPENAI_AD_TOKEN", Credential::Kind::bearer},
                          {"AZURE_OPENAI_API_KEY", Credential::Kind::api_key}},
            .required = true};
}

KeyPlan gemini_keys(std::string provider, Secret configured) {
    return {.provider = std::move(provider),
            .configured = std::move(configured),
            .configured_kind = Credential::Kind::api_key,
            .variables = {{"GOOGLE_API_KEY", Credential::Kind::api_key},
                          {"GEMINI_API_KEY", Credential::Kind::api_key}},
            .required = true};
}

KeyPlan server_keys(std::string provider, Secret configured) {
    return {.provider = std::move(provider),
            .configured = std::move(configured),
            .configured_kind = Credential::Kind::bearer,
            .variables = {},
            .required = false};
}

bool ApiKeySource::blocks() const noexcept {
    return SecretAccess::kind(plan_.configured) == SecretAccess::Kind::callable;
}
bool ApiKeySource::from_run() const noexcept {
    return SecretAccess::kind(plan_.configured) == SecretAccess::Kind::from_run;
}

std::string ApiKeySource::field() const { return fmt::format("providers.{}.api_key", plan_.provider); }

Result<Credential> ApiKeySource::accept(std::string key, std::string source) const {
    const std::string_view why = unfit(key);
    if (key.empty() || !why.empty()) {
        wipe(key);
        if (!why.empty()) return unfit_key(plan_.provider, source, why);
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("{}: {} gave no key. Return the key as text.", plan_.provider, source),
                         .provider = plan_.provider};
    }
    return Credential{
        .kind = plan_.configured_kind, .secret = Secret(std::move(key)), .endpoint = {}, .source = std::move(source)};
}

Result<std::optional<Credential>> ApiKeySource::fetch(World& world) {
    switch (SecretAccess::kind(plan_.configured)) {
        case SecretAccess::Kind::text: {
            const std::string_view why = unfit(SecretAccess::text(plan_.configured));
            if (!why.empty()) return unfit_key(plan_.provider, field(), why);
            return std::optional(Credential{.kind = plan_.configured_kind,
                                            .secret = plan_.configured,
                                            .endpoint = {},
                                            .source = std::string(config_source)});
        }
        case SecretAccess::Kind::callable: {
            std::string key;
            try {
                key = SecretAccess::call(plan_.configured);
            } catch (const std::exception& failure) {
                return ErrorInfo{.code = ErrorCode::auth,
                                 .message = fmt::format("{}: the function given as api_key failed: {}", plan_.provider,
                                                        failure.what()),
                                 .provider = plan_.provider};
            } catch (...) {
                return ErrorInfo{.code = ErrorCode::auth,
                                 .message = fmt::format("{}: the function given as api_key failed.", plan_.provider),
                                 .provider = plan_.provider};
            }
            Result<Credential> credential = accept(std::move(key), "the function given as api_key");
            if (!credential) return std::move(credential).error();
            return std::optional(std::move(credential).value());
        }
        case SecretAccess::Kind::from_run:
            return ErrorInfo{
                .code = ErrorCode::auth,
                .message = fmt::format("{}: the key is asked of each run's consumer, and there is no run here.",
                                       plan_.provider),
                .provider = plan_.provider};
        case SecretAccess::Kind::absent: break;
    }
    for (const KeyVariable& variable : plan_.variables) {
        auto key = env_value(world, variable.name);
        if (!key) continue;
        if (const std::string_view why = unfit(*key); !why.empty()) {
            wipe(*key);
            return unfit_key(plan_.provider, variable_source(variable), why);
        }
        return std::optional(Credential{.kind = variable.kind,
                                        .secret = Secret(std::move(*key)),
                                        .endpoint = {},
                                        .source = variable_source(variable)});
    }
    if (plan_.required) return std::optional<Credential>();
    return std::optional(
        Credential{.kind = Credential::Kind::none, .secret = {}, .endpoint = {}, .source = "none needed"});
}

ErrorInfo ApiKeySource::missing() const {
    std::vector<std::string> places{field()};
    for (const KeyVariable& variable : plan_.variables) places.push_back(variable.name);
    return {.code = ErrorCode::auth,
            .message = fmt::format("There is no key for {}. Set {}.", plan_.provider, join_or(places)),
            .provider = plan_.provider};
}

CredentialReport ApiKeySource::report(const World& world) const {
    CredentialReport report;
    report.auth_mode = "none";
    const auto take = [&](std::string_view source, Credential::Kind kind, std::string_view key) {
        const std::string_view why = unfit(key);
        report.auth_mode = mode_of(kind);
        report.source = source;
        report.found = why.empty();
        report.considered.push_back(why.empty() ? fmt::format("{}: taken", source)
                                                : fmt::format("{}: {}", source, why));
        if (!why.empty()) report.detail = unfit_key(plan_.provider, source, why).message;
    };

    switch (SecretAccess::kind(plan_.configured)) {
        case SecretAccess::Kind::text:
            take(config_source, plan_.configured_kind, SecretAccess::text(plan_.configured));
            break;
        case SecretAccess::Kind::callable: take("api_key (a function)", plan_.configured_kind, {}); break;
        case SecretAccess::Kind::from_run: take("api_key (asked of each run)", plan_.configured_kind, {}); break;
        case SecretAccess::Kind::absent:
            report.considered.push_back(fmt::format("{}: not set in the configuration", config_source));
            break;
    }
    for (const KeyVariable& variable : plan_.variables) {
        const std::string source = variable_source(variable);
        auto key = env_value(world, variable.name);
        const bool set = key.has_value();
        if (!report.source.empty()) {
            report.considered.push_back(fmt::format("{}: {}", source, set ? "set, but not used" : "not set"));
            // The config's own word is a choice; two variables may be an oversight.
            if (set && report.source.starts_with("environment"))
                report.notice =
                    fmt::format("Both {} and {} are set; the first is used.", report.source.substr(21), variable.name);
        } else if (set) {
            take(source, variable.kind, *key);
        } else {
            const bool empty = world.env && world.env(variable.name).has_value();
            report.considered.push_back(fmt::format("{}: {}", source, empty ? "set, but empty" : "not set"));
        }
        if (key) wipe(*key);
    }
    if (!report.source.empty()) return report;
    if (plan_.required) {
        report.detail = missing().message;
    } else {
        report.found = true;
        report.source = "none needed";
    }
    return report;
}

}  // namespace cortex::auth
