#include "auth/aws/endpoints.hpp"

#include "auth/aws/partitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cortex::auth::aws {
namespace {

/// How hosts of a service are made; from the rule sets of botocore 1.44.8 (data/*/endpoint-rule-set-1.json).
struct Service {
    std::string_view name;
    std::string_view host;              ///< The first labels; FIPS hosts have "-fips" after them.
    bool plain_fips_in_gov = false;     ///< In the government's partition the plain host is the FIPS one.
    bool dual_stack_only = false;
    bool has_fips = true;
};

constexpr std::array<Service, 6> services{{
    {.name = "bedrock-runtime", .host = "bedrock-runtime"},
    // From the Anthropic SDKs (anthropic 2.13.0, lib/bedrock/_mantle.py); nobody names a FIPS host of it.
    {.name = "bedrock-mantle", .host = "bedrock-mantle", .dual_stack_only = true, .has_fips = false},
    {.name = "sts", .host = "sts", .plain_fips_in_gov = true},
    {.name = "sso", .host = "portal.sso", .plain_fips_in_gov = true},
    {.name = "oidc", .host = "oidc", .plain_fips_in_gov = true},
    {.name = "signin", .host = "signin"},
}};

constexpr std::array<std::string_view, 16> legacy_sts_regions{
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1", "eu-central-1", "eu-north-1",
    "eu-west-1",      "eu-west-2",  "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",    "us-west-1",    "us-west-2"};

bool contains(const auto& list, std::string_view wanted) noexcept {
    return std::find(list.begin(), list.end(), wanted) != list.end();
}

Endpoint regional(std::string host, const EndpointQuery& query) { return {"https://" + std::move(host), query.region}; }

/// Sign-in without dual stack: the region comes first, under suffixes of its own.
std::optional<Endpoint> sign_in(const EndpointQuery& query, const Partition& where) {
    if (query.dual_stack) return std::nullopt;
    if (!query.fips) return regional(fmt::format("{}.signin.{}", query.region, where.sign_in_suffix), query);
    if (where.name != "aws-us-gov") return std::nullopt;
    if (query.region == "us-gov-west-1") return regional(fmt::format("signin-fips.{}", where.sign_in_suffix), query);
    return regional(fmt::format("{}.signin-fips.{}", query.region, where.sign_in_suffix), query);
}

}  // namespace

Result<Endpoint> endpoint_for(const EndpointQuery& query) {
    const auto service = std::find_if(services.begin(), services.end(), [&](const Service& each) { return each.name == query.service; });
    if (service == services.end())
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("No address is known for the AWS service {}. Give its base URL.", query.service)};
    if (query.region.empty())
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The address of {} needs an AWS region, and there is none. Set the region, or AWS_REGION.",
                                                query.service)};
    if (!is_region_name(query.region))
        return ErrorInfo{.code = ErrorCode::config,
                         .message = "The AWS region is no name of a region: it must be one label of a host name (letters, digits and "
                                    "hyphens). Correct it."};
    if (query.fips && !service->has_fips)
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("No FIPS address is known for the AWS service {}. Switch FIPS off, or give its base URL.",
                                                query.service)};

    const Partition& where = partition(query.region);
    if (query.service == "sts" && !query.fips && !query.dual_stack &&
        (query.region == "aws-global" || (query.global_sts && contains(legacy_sts_regions, query.region))))
        return Endpoint{"https://sts.amazonaws.com", "us-east-1"};
    if (query.service == "signin")
        if (auto found = sign_in(query, where)) return *std::move(found);

    const bool dual_stack = query.dual_stack || service->dual_stack_only;
    const bool plain = !query.fips || (service->plain_fips_in_gov && !dual_stack && where.name == "aws-us-gov");
    return regional(fmt::format("{}{}.{}.{}", service->host, plain ? "" : "-fips", query.region,
                                dual_stack ? where.dual_stack_suffix : where.dns_suffix),
                    query);
}

bool is_region_name(std::string_view region) noexcept {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto fits = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-'; };
    return !region.empty() && region.size() <= 63 && region.front() != '-' && region.back() != '-' &&
           std::all_of(region.begin(), region.end(), fits) && !std::all_of(region.begin(), region.end(), is_digit);
}

std::string_view partition_of(std::string_view region) noexcept { return partition(region).name; }

}  // namespace cortex::auth::aws
