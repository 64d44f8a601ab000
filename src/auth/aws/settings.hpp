#pragma once

#include "core/result.hpp"
#include "core/world.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// A value and where it was found: "aws_region", "environment variable AWS_REGION", "profile dev in /home/u/.aws/config".
struct Found {
    std::string value = {};
    std::string source = {};
};

/// The region: `configured`, AWS_REGION, AWS_DEFAULT_REGION, the chosen profile's `region`, then us-east-1 (source "default").
/// Fails with a ConfigError that names the source for a value that is no host label. A config file that cannot be read or
/// parsed counts as silent here: the chain reports it when credentials are wanted.
Result<Found> choose_region(const World& world, std::string_view configured, std::string_view configured_profile);

/// A service's URL as the environment or the profile sets it: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
/// `services` section, the profile's `endpoint_url`; nothing where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS (or the profile) says so.
/// `service_id` as in the variable: "BEDROCK_RUNTIME", "STS", "SSO", "SSO_OIDC", "SIGNIN".
std::optional<Found> configured_endpoint(const World& world, std::string_view service_id, std::string_view configured_profile);

/// AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, or the profile's use_fips_endpoint, use_dualstack_endpoint.
struct HostKinds {
    bool fips = false;
    bool dual_stack = false;
};
HostKinds host_kinds(const World& world, std::string_view configured_profile);

/// Whether AWS_STS_REGIONAL_ENDPOINTS, or the profile's sts_regional_endpoints, says `legacy`: the old regions ask the global host.
bool legacy_sts(const World& world, std::string_view configured_profile);

}  // namespace cortex::auth::aws
