#include "engine/provider_parts.hpp"

#include "channels/custom_headers.hpp"
#include "auth/api_key.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "dialects/anthropic/body_form.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {

ErrorInfo config_error(std::string message, std::string_view provider) {
    return {.code = ErrorCode::config, .message = std::move(message), .provider = std::string(provider)};
}

EntryPtr new_entry(std::string_view name, std::string vendor, const ProviderConfig& config) {
    auto entry = std::make_shared<ProviderEntry>();
    entry->traits = {.name = std::string(name), .vendor = std::move(vendor), .embedded = false, .default_model = config.default_model};
    entry->status.name = name;
    return entry;
}

std::string setting(const std::string& configured, std::string_view provider, std::string_view key, const World& world,
                    std::initializer_list<std::string_view> variables, std::string& field) {
    field = fmt::format("providers.{}.{}", provider, key);
    if (!configured.empty()) return configured;
    for (const std::string_view variable : variables)
        if (auto value = env_value(world, variable)) {
            field = variable;
            return *std::move(value);
        }
    return {};
}

void apply_report(ProviderStatus& status, const CredentialReport& report) {
    status.auth_mode = report.auth_mode;
    status.credential_source = report.source;
    status.considered = report.considered;
    status.detail = report.detail;
    status.expires_at = report.expires_at;
    status.status = report.found ? CredentialStatus::present : CredentialStatus::missing;
}

void use_keys(ProviderEntry& entry, auth::KeyPlan plan, const World& world, std::vector<std::string>& notices) {
    std::vector<std::string> places;
    for (const auth::KeyVariable& variable : plan.variables) places.push_back(variable.name);
    entry.key_places = join_or(places);
    auto source = std::make_shared<auth::ApiKeySource>(std::move(plan));
    const CredentialReport report = source->report(world);
    apply_report(entry.status, report);
    if (!report.notice.empty()) notices.push_back(report.notice);
    entry.source_blocks = source->blocks();
    entry.from_run = source->from_run();
    entry.missing = source->missing();
    entry.accept = [source](std::string key, std::string from) { return source->accept(std::move(key), std::move(from)); };
    entry.source = std::move(source);
}

Result<std::vector<std::string>> custom_betas(const World& world) {
    std::vector<std::string> betas;
    const auto text = env_value(world, "ANTHROPIC_CUSTOM_HEADERS");
    if (!text) return betas;
    auto headers = channels::parse_custom_headers(*text, "ANTHROPIC_CUSTOM_HEADERS");
    if (!headers) return std::move(headers).error();
    for (const HttpHeader& header : *headers)
        if (iequals(header.name, "anthropic-beta"))
            for (std::string& beta : dialects::anthropic::split_betas(header.value)) betas.push_back(std::move(beta));
    return betas;
}

void use_token(ProviderEntry& entry, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    use_keys(entry,
             {.provider = entry.traits.name, .configured = config.api_key, .configured_kind = Credential::Kind::bearer, .variables = {}, .required = true},
             world, notices);
}

}  // namespace cortex
