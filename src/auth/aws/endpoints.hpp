#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// One of the hosts that AWS has for a service.
struct EndpointQuery {
    std::string service = {};   ///< "bedrock-runtime", "bedrock-mantle", "sts", "sso" (portal), "oidc" or "signin".
    std::string region = {};
    bool fips = false;
    bool dual_stack = false;
    bool global_sts = false;    ///< The legacy global endpoint of STS where the region is one of the old ones.
};

struct Endpoint {
    std::string url = {};             ///< "https://bedrock-runtime.us-east-1.amazonaws.com"
    std::string signing_region = {};  ///< Differs from the query's only for global hosts.
};

/// By AWS's partitions (botocore 1.44.8, partitions.json): by the region's name, else by its form, else `aws`. Fails with a
/// ConfigError where the partition has no such kind of host, or the region is no host label.
Result<Endpoint> endpoint_for(const EndpointQuery& query);

/// `^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$`
bool is_region_name(std::string_view region) noexcept;

/// "aws", "aws-cn", "aws-us-gov", ...
std::string_view partition_of(std::string_view region) noexcept;

}  // namespace cortex::auth::aws
