#include "auth/aws/settings.hpp"

#include "auth/aws/endpoints.hpp"
#include "auth/aws/profiles.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::auth::aws {
namespace {

/// The files and the profile of them that counts. A file that cannot be read says nothing here.
struct Chosen {
    Profiles profiles = {};
    ProfileChoice choice = {};
    const Section* section = nullptr;

    std::string_view get(std::string_view key) const { return section == nullptr ? std::string_view() : section->get(key); }
};

void choose(Chosen& out, const World& world, std::string_view configured) {
    Result<Profiles> loaded = load_profiles(world);
    if (!loaded) return;
    out.profiles = std::move(loaded).value();
    out.choice = choose_profile(world, configured);
    out.section = out.profiles.find(out.choice.name);
}

bool is_true(std::string_view text) noexcept { return iequals(trim(text), "true"); }

/// The environment's word, else the profile's.
bool flag(const World& world, const Chosen& chosen, std::string_view variable, std::string_view key) {
    if (const auto said = env_value(world, variable)) return is_true(*said);
    return is_true(chosen.get(key));
}

}  // namespace

Result<Found> choose_region(const World& world, std::string_view configured, std::string_view configured_profile) {
    Found found;
    if (!configured.empty()) found = {.value = std::string(configured), .source = "aws_region"};
    for (const std::string_view variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (!found.source.empty()) break;
        if (auto region = env_value(world, variable))
            found = {.value = std::move(*region), .source = fmt::format("environment variable {}", variable)};
    }
    if (found.source.empty()) {
        Chosen chosen;
        choose(chosen, world, configured_profile);
        if (const std::string_view region = chosen.get("region"); !region.empty())
            found = {.value = std::string(region), .source = chosen.profiles.where(chosen.choice.name)};
    }
    if (found.source.empty()) found = {.value = "us-east-1", .source = "default"};
    if (!is_region_name(found.value))
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The AWS region from {} is not a region's name. Write one such as us-east-1.", found.source)};
    return found;
}

std::optional<Found> configured_endpoint(const World& world, std::string_view service_id, std::string_view configured_profile) {
    Chosen chosen;
    choose(chosen, world, configured_profile);
    if (flag(world, chosen, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")) return std::nullopt;
    for (const std::string& variable : {fmt::format("AWS_ENDPOINT_URL_{}", service_id), std::string("AWS_ENDPOINT_URL")})
        if (auto url = env_value(world, variable)) return Found{.value = std::move(*url), .source = "environment variable " + variable};
    if (const std::string_view name = chosen.get("services"); !name.empty()) {
        const auto services = chosen.profiles.services.find(name);
        if (services != chosen.profiles.services.end()) {
            const std::string_view url = nested_value(services->second.get(to_lower(service_id)), "endpoint_url");
            if (!url.empty())
                return Found{.value = std::string(url), .source = fmt::format("[services {}] in {}", name, chosen.profiles.paths.config)};
        }
    }
    if (const std::string_view url = chosen.get("endpoint_url"); !url.empty())
        return Found{.value = std::string(url), .source = chosen.profiles.where(chosen.choice.name)};
    return std::nullopt;
}

HostKinds host_kinds(const World& world, std::string_view configured_profile) {
    Chosen chosen;
    choose(chosen, world, configured_profile);
    return {.fips = flag(world, chosen, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            .dual_stack = flag(world, chosen, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")};
}

bool legacy_sts(const World& world, std::string_view configured_profile) {
    if (const auto said = env_value(world, "AWS_STS_REGIONAL_ENDPOINTS")) return iequals(trim(*said), "legacy");
    Chosen chosen;
    choose(chosen, world, configured_profile);
    return iequals(trim(chosen.get("sts_regional_endpoints")), "legacy");
}

}  // namespace cortex::auth::aws
