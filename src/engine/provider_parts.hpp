#pragma once

#include "auth/api_key.hpp"
#include "engine/provider_entry.hpp"

#include <cortex/config.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

// What the makers of provider entries share, and the makers that have files of their own.

using EntryPtr = std::shared_ptr<ProviderEntry>;

ErrorInfo config_error(std::string message, std::string_view provider);
EntryPtr new_entry(std::string_view name, std::string vendor, const ProviderConfig& config);
/// A setting's text: the config's, else that of the first variable that holds one. `field` becomes what an error calls it.
std::string setting(const std::string& configured, std::string_view provider, std::string_view key, const World& world,
                    std::initializer_list<std::string_view> variables, std::string& field);
/// Fills an entry's status from what its source tells.
void apply_report(ProviderStatus& status, const CredentialReport& report);
/// Gives an entry the key that a plan finds.
void use_keys(ProviderEntry& entry, auth::KeyPlan plan, const World& world, std::vector<std::string>& notices);
/// Gives a cloud's entry the config's `api_key`, sent as a bearer token.
void use_token(ProviderEntry& entry, const ProviderConfig& config, const World& world, std::vector<std::string>& notices);
/// Gives a cloud's entry Google's Application Default Credentials.
void use_google_credentials(ProviderEntry& entry, const std::string& universe, const World& world, std::vector<std::string>& notices);
/// Betas of ANTHROPIC_CUSTOM_HEADERS, which hold wherever Claude is reached; its other headers are for Anthropic's own API.
Result<std::vector<std::string>> custom_betas(const World& world);

/// Claude on Amazon Bedrock.
Result<EntryPtr> make_bedrock(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices);
/// Claude on Google Vertex AI.
Result<EntryPtr> make_vertex(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices);
/// OpenAI's own service, or its models on Azure where the name, an azure_ setting or the address says so.
Result<EntryPtr> make_openai(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices);
/// Gemini by key, or on Vertex AI where there is a project and no key.
Result<EntryPtr> make_gemini(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices);

}  // namespace cortex
