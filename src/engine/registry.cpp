#include "engine/registry.hpp"

#include "engine/provider_parts.hpp"

#include "auth/api_key.hpp"
#include "channels/anthropic_api.hpp"
#include "channels/azure.hpp"
#include "channels/custom_headers.hpp"
#include "channels/local_runtime/embedded_source.hpp"
#include "channels/local_runtime/model_file.hpp"
#include "channels/openai_server.hpp"
#include "core/text.hpp"

#include <cortex/local_model.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace cortex {
namespace {

/// What every provider's settings must obey.
Result<void> check(std::string_view name, const ProviderConfig& config) {
    if (config.bedrock && config.vertex_ai)
        return config_error(fmt::format("providers.{}: bedrock and vertex_ai are both set. Choose one of them.", name), name);
    const auto host_label = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (!std::all_of(config.aws_region.begin(), config.aws_region.end(), host_label))
        return config_error(fmt::format("providers.{}.aws_region is no AWS region. Use lower-case letters, digits and hyphens, as in us-east-1.", name), name);
    if (!config.model_path.empty() && name != "local")
        return config_error(fmt::format("providers.{}.model_path is set, but only the provider local takes a model file.", name), name);
    for (const auto& [field, text] : {std::pair<std::string_view, const std::string&>{"base_url", config.base_url}, {"api_version", config.api_version},
                                      {"default_model", config.default_model}, {"organization", config.organization},
                                      {"azure_endpoint", config.azure_endpoint}, {"azure_deployment", config.azure_deployment}})
        if (invalid_utf8_offset(text)) return config_error(fmt::format("providers.{}.{} is not valid UTF-8.", name, field), name);
    return {};
}

Result<EntryPtr> make_anthropic(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    channels::AnthropicApi::Options options;
    options.base_url = setting(config.base_url, name, "base_url", world, {"ANTHROPIC_BASE_URL"}, options.base_url_field);
    options.api_version = config.api_version;
    if (const auto text = env_value(world, "ANTHROPIC_CUSTOM_HEADERS")) {
        auto headers = channels::parse_custom_headers(*text, "ANTHROPIC_CUSTOM_HEADERS");
        if (!headers) return std::move(headers).error();
        options.custom_headers = *std::move(headers);
    }
    auto channel = channels::AnthropicApi::create(std::move(options));
    if (!channel) return std::move(channel).error();
    EntryPtr entry = new_entry(name, "anthropic", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    use_keys(*entry, auth::anthropic_keys(std::string(name), config.api_key), world, notices);
    return entry;
}

Result<EntryPtr> make_server(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    channels::OpenAiServer::Options options;
    options.base_url = config.base_url;
    options.base_url_field = fmt::format("providers.{}.base_url", name);
    if (options.base_url.empty()) {
        const auto usual = channels::usual_server_url(name, world);
        if (!usual)
            return config_error(fmt::format("providers.{}.base_url is missing: \"{}\" is no provider that corteX knows, so it is taken for an OpenAI-compatible "
                                            "server. Set base_url (http://host:port/v1), or use anthropic, openai, azure, gemini, local, ollama, vllm, llamacpp or lmstudio.", name, name), name);
        options.base_url = usual->url;
        options.base_url_field = usual->source;
    }
    auto channel = channels::OpenAiServer::create(std::move(options));
    if (!channel) return std::move(channel).error();
    EntryPtr entry = new_entry(name, "local", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);
    use_keys(*entry, auth::server_keys(std::string(name), config.api_key), world, notices);
    return entry;
}

Result<EntryPtr> make_embedded(std::string_view name, const ProviderConfig& config) {
    auto channel = channels::OpenAiServer::create({.base_url = std::string(channels::OpenAiServer::embedded_base_url),
                                                   .base_url_field = "base_url", .deadlines = {}, .dialect = {}});
    if (!channel) return std::move(channel).error();
    EntryPtr entry = new_entry(name, "local", config);
    entry->traits.embedded = true;
    entry->channel = *std::move(channel);
    entry->source = std::make_shared<channels::EmbeddedSource>(config.model_path);
    entry->source_blocks = true;
    entry->missing = config_error(fmt::format("{}: the embedded model has no server.", name), name);
    entry->status.auth_mode = "embedded";
    entry->status.base_url = "(a server of corteX's own, on the loopback interface)";

    const auto file = channels::find_model_file(config.model_path);
    if (file && channels::check_model_file(*file)) {
        entry->status.status = CredentialStatus::present;
        entry->status.credential_source = fmt::format("embedded runtime, {}", file->string());
        // A file of the user's own is not the model that the catalogue describes; its name tells what it is.
        const bool own = file->filename() != std::string(local_model::default_name) + ".gguf";
        if (entry->traits.default_model.empty() && own) entry->traits.default_model = file->stem().string();
    } else {
        entry->status.detail = file ? channels::check_model_file(*file).error().message : file.error().message;
    }
    entry->status.considered = {entry->status.status == CredentialStatus::present ? entry->status.credential_source + ": taken" : entry->status.detail};
    return entry;
}

Result<EntryPtr> make_entry(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    if (trim(name).empty() || invalid_utf8_offset(name)) return config_error("A provider has no name. Name it, e.g. anthropic.", name);
    if (auto checked = check(name, config); !checked) return std::move(checked).error();
    const bool gemini = name == "gemini" || name == "google";
    constexpr std::array others{std::string_view("openai"), std::string_view("azure"), std::string_view("local"),
                                std::string_view("ollama"), std::string_view("vllm"), std::string_view("llamacpp"), std::string_view("lmstudio")};
    if ((config.bedrock && gemini) || ((config.bedrock || config.vertex_ai) && std::find(others.begin(), others.end(), name) != others.end()))
        return config_error(fmt::format("providers.{}: bedrock is a setting of anthropic, vertex_ai one of anthropic and gemini.", name), name);
    if (gemini) return make_gemini(name, config, world, notices);
    if (name == "openai" || name == "azure" || !config.azure_endpoint.empty() || channels::Azure::looks_like(config.base_url)) return make_openai(name, config, world, notices);
    if (config.bedrock) return make_bedrock(name, config, world, notices);
    if (config.vertex_ai) return make_vertex(name, config, world, notices);
    if (name == "anthropic" || name == "claude") return make_anthropic(name, config, world, notices);
    if (name == "local" && config.base_url.empty()) return make_embedded(name, config);
    return make_server(name, config, world, notices);
}

/// Providers that are registered without being named where one of these variables holds a credential, in this order.
using Variables = std::vector<std::string_view>;
const std::array<std::pair<std::string_view, Variables>, 3> detected{{{"anthropic", {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"}},
                                                                      {"openai", {"OPENAI_API_KEY"}},
                                                                      {"gemini", {"GEMINI_API_KEY", "GOOGLE_API_KEY"}}}};

/// The provider's own default model, for `Engine::providers`.
std::string shown_default(const ProviderEntry& entry, const Catalog& catalog, WallTime now) {
    if (!entry.traits.default_model.empty()) return entry.traits.default_model;
    if ((entry.traits.vendor == "local" && !entry.traits.embedded) || entry.traits.deployments) return {};
    const ModelInfo* row = catalog.default_model(entry.traits.vendor, now);
    return row == nullptr ? std::string() : row->id;
}

}  // namespace

ProviderStatus current_status(const ProviderEntry& entry, const World& world) {
    ProviderStatus status = entry.status;
    if (entry.report) apply_report(status, entry.report(world));
    return status;
}

Result<Credential> fetch_credential(const ProviderEntry& entry, World& world) {
    auto found = entry.source->fetch(world);
    if (!found) return std::move(found).error();
    if (!*found) {
        ErrorInfo missing = entry.missing;
        // A chain can tell by now why each of its sources had nothing.
        if (entry.report)
            if (std::string detail = entry.report(world).detail; !detail.empty()) missing.message = std::move(detail);
        return missing;
    }
    return **std::move(found);
}

Result<Registry> register_providers(const EngineConfig& config, const World& world, const Catalog& catalog) {
    Providers wanted = config.providers;
    if (wanted.empty())
        for (const auto& [name, variables] : detected)
            if (std::any_of(variables.begin(), variables.end(), [&](std::string_view variable) { return env_value(world, variable).has_value(); }))
                wanted.emplace_back(name, ProviderConfig{});
    Registry registry;
    for (const auto& [name, settings] : wanted) {
        for (const auto& other : registry.providers)
            if (other->traits.name == name) return config_error(fmt::format("providers.{} is there twice. Give each provider a name of its own.", name), name);
        auto entry = make_entry(name, settings, world, registry.notices);
        if (!entry) return std::move(entry).error();
        (*entry)->status.default_model = shown_default(**entry, catalog, world.clock->wall());
        registry.providers.push_back(*std::move(entry));
    }
    return registry;
}

}  // namespace cortex
