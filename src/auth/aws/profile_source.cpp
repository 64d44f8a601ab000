#include "auth/aws/key_document.hpp"
#include "auth/aws/sources.hpp"
#include "auth/aws/sts.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

using Base = ProfilePlan::Base;

/// The kind of a base, as it stands in brackets behind its profile's name; "" for keys in a file.
std::string_view kind_name(Base base) noexcept {
    switch (base) {
        case Base::web_identity: return "web identity";
        case Base::process: return "credential_process";
        case Base::environment: return "environment variable AWS_ACCESS_KEY_ID";
        case Base::container: return "container";
        case Base::instance: return "instance metadata";
        case Base::static_keys:
        case Base::sso:
        case Base::login:
        case Base::none: break;
    }
    return {};
}

std::string base_name(const ProfilePlan& plan) {
    if (plan.base == Base::sso)
        return plan.sso.token.session.empty() ? fmt::format("SSO of profile {}", plan.base_profile)
                                              : fmt::format("SSO session {} of profile {}", plan.sso.token.session, plan.base_profile);
    if (plan.base == Base::login) return fmt::format("login session of profile {}", plan.base_profile);
    if (plan.base == Base::environment || plan.base == Base::container || plan.base == Base::instance) return std::string(kind_name(plan.base));
    const std::string_view kind = kind_name(plan.base);
    return kind.empty() ? fmt::format("profile {}", plan.base_profile) : fmt::format("profile {} ({})", plan.base_profile, kind);
}

std::string hop_name(const RoleHop& hop, std::string_view from) { return fmt::format("profile {} (assumed role {} from {})", hop.profile, hop.role_arn, from); }

/// The profile's own region, else the chosen profile's, else none.
std::string region_for(const Profiles& profiles, const ProfilePlan& plan, const Section* section) {
    if (section != nullptr && section->has("region")) return std::string(section->get("region"));
    const Section* chosen = profiles.find(plan.profile);
    return chosen == nullptr ? std::string() : std::string(chosen->get("region"));
}

/// A source that the profile names must have something.
Result<Credential> named(Result<Sought> sought, std::string_view source, const Profiles& profiles, const ProfilePlan& plan) {
    if (!sought) return std::move(sought).error();
    if (sought->found) return std::move(*sought->found);
    return ErrorInfo{.code = ErrorCode::auth,
                     .message = fmt::format("The {} takes its keys from credential_source {}, which has none: {}. Set it up, or name another source.",
                                            profiles.where(plan.base_profile), source, sought->absent)};
}

Result<Credential> base_keys(Asking& asking, const Profiles& profiles, const ProfilePlan& plan, InstanceMemory& instance) {
    const Section& section = *profiles.find(plan.base_profile);
    const auto text = [&](std::string_view key) { return std::string(section.get(key)); };
    switch (plan.base) {
        case Base::environment: return named(environment_keys(asking.world), "Environment", profiles, plan);
        case Base::container: return named(container_keys(asking), "EcsContainer", profiles, plan);
        case Base::instance: return named(instance_keys(asking, instance), "Ec2InstanceMetadata", profiles, plan);
        case Base::sso: return sso_keys(asking, plan.sso, plan.base_profile);
        case Base::login: return login_keys(asking, section.get("login_session"), plan.base_profile, region_for(profiles, plan, &section));
        case Base::process: {
            Result<Credential> keys = process_keys(asking, section.get("credential_process"),
                                                   fmt::format("credential_process of {}", profiles.where(plan.base_profile)), base_name(plan));
            if (keys && keys->account_id.empty()) keys->account_id = text("aws_account_id");
            return keys;
        }
        case Base::web_identity:
            return assume_role_with_web_identity(asking,
                                                 {.token_file = expand_home(asking.world, section.get("web_identity_token_file")),
                                                  .role_arn = text("role_arn"),
                                                  .session_name = text("role_session_name"),
                                                  .region = region_for(profiles, plan, &section),
                                                  .named_by = fmt::format("web_identity_token_file of {}", profiles.where(plan.base_profile))},
                                                 base_name(plan));
        case Base::static_keys:
        case Base::none: break;
    }
    return to_credential({.access_key_id = text("aws_access_key_id"),
                          .secret_access_key = text("aws_secret_access_key"),
                          .session_token = text("aws_session_token"),
                          .account_id = text("aws_account_id")},
                         base_name(plan));
}

}  // namespace

std::string profile_source_name(const ProfilePlan& plan) {
    std::string name = base_name(plan);
    for (const RoleHop& hop : plan.hops) name = hop_name(hop, name);
    return name;
}

Result<Sought> profile_keys(Asking& asking, const Profiles& profiles, const ProfilePlan& plan, InstanceMemory& instance) {
    if (plan.base == Base::none) return Sought{.absent = plan.absent};
    Result<Credential> keys = base_keys(asking, profiles, plan, instance);
    for (const RoleHop& hop : plan.hops) {
        if (!keys) break;
        const std::string region = hop.region.empty() ? region_for(profiles, plan, nullptr) : hop.region;
        keys = assume_role(asking, hop, region, *keys, hop_name(hop, keys->source));
    }
    if (!keys) return std::move(keys).error();
    return Sought{.found = std::move(keys).value()};
}

}  // namespace cortex::auth::aws
