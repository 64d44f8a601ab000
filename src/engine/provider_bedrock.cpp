#include "engine/provider_parts.hpp"

#include "auth/aws/chain.hpp"
#include "auth/aws/endpoints.hpp"
#include "auth/aws/settings.hpp"
#include "auth/cached_source.hpp"
#include "channels/bedrock.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {
namespace {

using auth::aws::AuthMethod;

Result<AuthMethod> auth_method(std::string_view name, const ProviderConfig& config) {
    if (config.aws_auth.empty() || config.aws_auth == "auto") return AuthMethod::automatic;
    if (config.aws_auth == "bearer") return AuthMethod::bearer;
    if (config.aws_auth == "sigv4") return AuthMethod::sigv4;
    return config_error(fmt::format("providers.{}.aws_auth is \"{}\"; use auto, bearer or sigv4.", name, config.aws_auth), name);
}

Result<void> check_keys(std::string_view name, const ProviderConfig& config) {
    if (SecretAccess::text(config.api_key).starts_with("sk-ant-"))
        return config_error(fmt::format("providers.{}.api_key is a key of Anthropic's own API, which Amazon Bedrock does not take. Remove it: AWS credentials are found by themselves; "
                                        "a Bedrock API key may stand there.", name), name);
    const bool id = !config.aws_access_key_id.empty();
    const bool secret = !config.aws_secret_access_key.absent();
    if (id != secret)
        return config_error(fmt::format("providers.{}: {} is set without {}. Set both, or neither.", name, id ? "aws_access_key_id" : "aws_secret_access_key",
                                        id ? "aws_secret_access_key" : "aws_access_key_id"), name);
    if (!config.aws_session_token.absent() && !id)
        return config_error(fmt::format("providers.{}.aws_session_token is set without aws_access_key_id. Set all three, or none.", name), name);
    if (!config.api_key.absent() && config.aws_auth != "sigv4" && (id || !config.aws_profile.empty()))
        return config_error(fmt::format("providers.{}: api_key and {} are both set. Keep one of them, or set aws_auth to sigv4.", name, id ? "aws_access_key_id" : "aws_profile"), name);
    return {};
}

struct Url {
    std::string url;
    std::string field;
};

/// config, ANTHROPIC_BEDROCK_BASE_URL, AWS's own variables and files, then AWS's host.
Result<Url> invoke_url(std::string_view name, const ProviderConfig& config, const World& world, const std::string& region) {
    if (!config.base_url.empty()) return Url{config.base_url, fmt::format("providers.{}.base_url", name)};
    if (auto url = env_value(world, "ANTHROPIC_BEDROCK_BASE_URL")) return Url{*std::move(url), "ANTHROPIC_BEDROCK_BASE_URL"};
    if (auto found = auth::aws::configured_endpoint(world, "BEDROCK_RUNTIME", config.aws_profile)) return Url{std::move(found->value), std::move(found->source)};
    const auto kinds = auth::aws::host_kinds(world, config.aws_profile);
    auto endpoint = auth::aws::endpoint_for({.service = "bedrock-runtime", .region = region, .fips = kinds.fips, .dual_stack = kinds.dual_stack, .global_sts = false});
    if (!endpoint) return std::move(endpoint).error();
    return Url{std::move(endpoint->url), "AWS's host"};
}

/// The Messages-shaped endpoint: the runtime host has one too, below /anthropic.
Result<Url> messages_url(const World& world, const Url& invoke, const std::string& region) {
    if (auto url = env_value(world, "ANTHROPIC_BEDROCK_MANTLE_BASE_URL")) return Url{*std::move(url), "ANTHROPIC_BEDROCK_MANTLE_BASE_URL"};
    if (invoke.field != "AWS's host") {
        std::string base = invoke.url;
        while (base.ends_with('/')) base.pop_back();
        return Url{base + "/anthropic", invoke.field};
    }
    auto endpoint = auth::aws::endpoint_for({.service = "bedrock-mantle", .region = region, .fips = false, .dual_stack = false, .global_sts = false});
    if (!endpoint) return std::move(endpoint).error();
    return Url{endpoint->url + "/anthropic", "AWS's host"};
}

}  // namespace

Result<EntryPtr> make_bedrock(std::string_view name, const ProviderConfig& config, const World& world, std::vector<std::string>& notices) {
    const auto method = auth_method(name, config);
    if (!method) return method.error();
    if (auto checked = check_keys(name, config); !checked) return std::move(checked).error();
    auto region = auth::aws::choose_region(world, config.aws_region, config.aws_profile);
    if (!region) {
        region.error().provider = name;
        return std::move(region).error();
    }
    auto invoke = invoke_url(name, config, world, region->value);
    if (!invoke) return std::move(invoke).error();
    auto messages = messages_url(world, *invoke, region->value);
    if (!messages) return std::move(messages).error();
    auto betas = custom_betas(world);
    if (!betas) return std::move(betas).error();

    const auto clock = std::make_shared<auth::aws::ClockOffset>();
    auto channel = channels::Bedrock::create({.region = region->value,
                                              .region_source = region->source,
                                              .base_url = invoke->url,
                                              .base_url_field = invoke->field,
                                              .messages_url = messages->url,
                                              .messages_url_field = messages->field,
                                              .messages_service = "bedrock-mantle",
                                              .version = config.api_version,
                                              .guardrail_id = config.guardrail_id,
                                              .guardrail_version = config.guardrail_version,
                                              .service_tier = config.service_tier,
                                              .betas = *std::move(betas),
                                              .clock = clock});
    if (!channel) {
        channel.error().provider = name;
        return std::move(channel).error();
    }
    EntryPtr entry = new_entry(name, "anthropic", config);
    entry->status.base_url = (*channel)->base_url();
    entry->channel = *std::move(channel);

    if (!config.api_key.absent() && *method != AuthMethod::sigv4) {
        use_token(*entry, config, world, notices);
        return entry;
    }
    auto chain = std::make_unique<auth::aws::Chain>(auth::aws::ChainOptions{.provider = std::string(name),
                                                                           .method = *method,
                                                                           .bearer = {},
                                                                           .access_key_id = config.aws_access_key_id,
                                                                           .secret_access_key = config.aws_secret_access_key,
                                                                           .session_token = config.aws_session_token,
                                                                           .profile = config.aws_profile,
                                                                           .region = region->value,
                                                                           .clock = clock});
    const auth::aws::Chain& asked = *chain;
    entry->missing = chain->missing();
    const CredentialReport report = chain->report(world);
    apply_report(entry->status, report);
    if (!report.notice.empty()) notices.push_back(report.notice);
    auto source = std::make_shared<auth::CachedSource>(std::move(chain), auth::CachedSource::Times{});
    entry->report = [source, &asked](const World& now) { return asked.report(now); };
    entry->source = std::move(source);
    entry->source_blocks = true;
    entry->source_shared = true;
    return entry;
}

}  // namespace cortex
