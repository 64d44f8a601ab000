#include "engine/provider_parts.hpp"

#include "auth/api_key.hpp"
#include "channels/azure.hpp"
#include "channels/openai_api.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {
namespace {

Result<EntryPtr> make_azure(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    if (!config.base_url.empty() && !config.azure_endpoint.empty())
        return config_error(fmt::format("providers.{}: base_url and azure_endpoint are both set. Keep one: they name the same address.", name), name);
    channels::Azure::Options options;
    options.base_url = config.base_url.empty() ? setting(config.azure_endpoint, name, "azure_endpoint", world, {"AZURE_OPENAI_ENDPOINT"}, options.base_url_field)
                                               : setting(config.base_url, name, "base_url", world, {}, options.base_url_field);
    if (options.base_url.empty())
        return config_error(fmt::format("providers.{}.azure_endpoint is missing: Azure has an address for each resource. Set azure_endpoint (https://RESOURCE.openai.azure.com), "
                                        "base_url (with /openai/deployments/NAME or /openai/v1) or AZURE_OPENAI_ENDPOINT.", name), name);
    options.deployment = config.azure_deployment;
    options.api_version = setting(config.api_version, name, "api_version", world, {"OPENAI_API_VERSION"}, options.api_version_field);
    auto channel = channels::Azure::create(std::move(options));
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "openai", config);
    entry->traits.deployments = true;
    // A deployment is a model of its own, whatever it is called.
    if (entry->traits.default_model.empty()) entry->traits.default_model = config.azure_deployment;
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    use_keys(*entry, auth::azure_keys(std::string(name), config.api_key), world, notices);
    return entry;
}

}  // namespace

Result<EntryPtr> make_openai(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    const bool azure = name == "azure" || !config.azure_endpoint.empty() || !config.azure_deployment.empty() || channels::Azure::looks_like(config.base_url);
    if (azure) return make_azure(name, config, world, notices);
    channels::OpenAiApi::Options options;
    options.base_url = setting(config.base_url, name, "base_url", world, {"OPENAI_BASE_URL"}, options.base_url_field);
    if (channels::Azure::looks_like(options.base_url)) return make_azure(name, {.api_key = config.api_key, .base_url = options.base_url, .api_version = config.api_version,
                                                                                .default_model = config.default_model}, world, notices);
    std::string field;
    options.organization = setting(config.organization, name, "organization", world, {"OPENAI_ORG_ID"}, field);
    options.project = setting(config.project, name, "project", world, {"OPENAI_PROJECT_ID"}, field);
    auto channel = channels::OpenAiApi::create(std::move(options));
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "openai", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    use_keys(*entry, auth::openai_keys(std::string(name), config.api_key), world, notices);
    return entry;
}

}  // namespace cortex
