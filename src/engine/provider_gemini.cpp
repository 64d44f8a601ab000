#include "engine/provider_parts.hpp"

#include "auth/api_key.hpp"
#include "channels/gemini_api.hpp"
#include "channels/gemini_vertex.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {
namespace {

/// A project in the config without a key means Vertex AI; so does the vendor's own switch with a project in the environment.
bool wants_vertex(const ProviderConfig& config, const World& world) {
    if (config.vertex_ai) return true;
    if (!config.api_key.absent()) return false;
    if (!config.project.empty()) return true;
    for (const std::string_view variable : {"GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI"})
        if (const auto value = env_value(world, variable)) return iequals(*value, "true") || *value == "1";
    return false;
}

Result<EntryPtr> make_gemini_vertex(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    channels::GeminiVertex::Options options;
    std::string field;
    options.project = setting(config.project, name, "project", world, {"GOOGLE_CLOUD_PROJECT"}, field);
    if (options.project.empty())
        return config_error(fmt::format("providers.{}.project is missing: Gemini on Vertex AI needs a Google Cloud project. Set it or GOOGLE_CLOUD_PROJECT.", name), name);
    options.location = setting(config.location, name, "location", world, {"GOOGLE_CLOUD_LOCATION"}, options.location_field);
    options.base_url = setting(config.base_url, name, "base_url", world, {"GOOGLE_VERTEX_BASE_URL"}, options.base_url_field);
    if (const auto universe = env_value(world, "GOOGLE_CLOUD_UNIVERSE_DOMAIN")) options.universe_domain = *universe;
    options.quota_project = config.quota_project;
    const std::string universe = options.universe_domain;
    auto channel = channels::GeminiVertex::create(std::move(options));
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "gemini", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    if (config.api_key.absent())
        use_google_credentials(*entry, universe, world, notices);
    else
        use_token(*entry, config, world, notices);
    return entry;
}

}  // namespace

Result<EntryPtr> make_gemini(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    if (wants_vertex(config, world)) return make_gemini_vertex(name, config, world, notices);
    channels::GeminiApi::Options options;
    options.base_url = setting(config.base_url, name, "base_url", world, {"GOOGLE_GEMINI_BASE_URL"}, options.base_url_field);
    options.api_version = config.api_version;
    auto channel = channels::GeminiApi::create(std::move(options));
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "gemini", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    use_keys(*entry, auth::gemini_keys(std::string(name), config.api_key), world, notices);
    return entry;
}

}  // namespace cortex
