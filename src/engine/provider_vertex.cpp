#include "engine/provider_parts.hpp"

#include "auth/cached_source.hpp"
#include "auth/google/adc.hpp"
#include "channels/vertex.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cortex {
namespace {

/// Google's own library renews 3 min 45 s before the end; the metadata server has nothing newer before that.
constexpr std::chrono::seconds refresh_ahead{225};

/// The config's, then the environment's. A project that only the credential names is not taken: which project pays is a choice.
Result<std::string> project_of(std::string_view name, const ProviderConfig& config, const World& world) {
    if (!config.project.empty()) return config.project;
    for (const std::string_view variable : {"ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"})
        if (auto project = env_value(world, variable)) return *std::move(project);
    std::string message = fmt::format("providers.{}.project is missing: vertex_ai needs a Google Cloud project. Set it, ANTHROPIC_VERTEX_PROJECT_ID or GOOGLE_CLOUD_PROJECT.", name);
    if (const auto found = auth::google::choose_project(world, {})) message += fmt::format(" ({} names the project {}.)", found->source, found->value);
    return config_error(std::move(message), name);
}

}  // namespace

Result<EntryPtr> make_vertex(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    if (SecretAccess::text(config.api_key).starts_with("sk-ant-"))
        return config_error(fmt::format("providers.{}.api_key is a key of Anthropic's own API, which Vertex AI does not take. Remove it: Google's Application Default Credentials are found by "
                                        "themselves; an OAuth access token may stand there.", name), name);
    auto project = project_of(name, config, world);
    if (!project) return std::move(project).error();
    auto betas = custom_betas(world);
    if (!betas) return std::move(betas).error();

    channels::Vertex::Options options;
    options.project = *std::move(project);
    options.location = setting(config.location, name, "location", world, {"CLOUD_ML_REGION"}, options.location_field);
    options.base_url = setting(config.base_url, name, "base_url", world, {"ANTHROPIC_VERTEX_BASE_URL"}, options.base_url_field);
    if (const auto universe = env_value(world, "GOOGLE_CLOUD_UNIVERSE_DOMAIN")) options.universe_domain = *universe;
    options.version = config.api_version;
    options.quota_project = config.quota_project;
    options.betas = *std::move(betas);
    const std::string universe = options.universe_domain;
    auto channel = channels::Vertex::create(std::move(options));
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "anthropic", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);

    if (!config.api_key.absent()) {
        use_token(*entry, config, world, notices);
        return entry;
    }
    use_google_credentials(*entry, universe, world, notices);
    return entry;
}

void use_google_credentials(ProviderEntry& entry, const std::string& universe, const World& world, std::vector<std::string>& notices) {
    auto adc = std::make_unique<auth::google::Adc>(auth::google::AdcOptions{.provider = entry.traits.name, .access_token = {}, .universe_domain = universe});
    const auth::google::Adc& asked = *adc;
    entry.missing = adc->missing();
    const CredentialReport report = adc->report(world);
    apply_report(entry.status, report);
    if (!report.notice.empty()) notices.push_back(report.notice);
    auto source = std::make_shared<auth::CachedSource>(std::move(adc), auth::CachedSource::Times{.refresh_ahead = refresh_ahead});
    entry.report = [source, &asked](const World& now) { return asked.report(now); };
    entry.source = std::move(source);
    entry.source_blocks = true;
    entry.source_shared = true;
}

}  // namespace cortex
