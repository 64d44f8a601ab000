#pragma once

#include "auth/aws/profiles.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::aws {

/// A role that is assumed with the keys of the step before.
struct RoleHop {
    std::string profile = {};
    std::string role_arn = {};
    std::string external_id = {};
    std::string session_name = {};
    std::string region = {};
    int duration_seconds = 0;   ///< 0: STS's own.
};

/// A portal of AWS IAM Identity Center, and the token for it.
struct SsoToken {
    std::string session = {};     ///< Name of the [sso-session]; empty: the older form, without renewal.
    std::string start_url = {};
    std::string region = {};
};
struct SsoSettings {
    SsoToken token = {};
    std::string account_id = {};
    std::string role_name = {};
};

/// How the keys of a profile are got: from its base, then through the hops in order.
struct ProfilePlan {
    enum class Base { none, static_keys, web_identity, sso, login, process, environment, container, instance };
    std::string profile = {};        ///< The one that was chosen.
    std::string base_profile = {};   ///< The one that the base stands in.
    Base base = Base::none;
    SsoSettings sso = {};            ///< Of `Base::sso`.
    std::vector<RoleHop> hops = {};
    std::string absent = {};         ///< Of `Base::none`: why.
};

/// What a profile means, by smithy-rs's rules (aws-config, profile/credentials/repr.rs). A profile without credentials gives
/// `Base::none`; one that contradicts itself, or that somebody named and that is in no file, fails (`auth`).
Result<ProfilePlan> plan_profile(const Profiles& profiles, const ProfileChoice& choice);

/// The portal that a profile names; nothing where it names none.
Result<std::optional<SsoToken>> sso_token_settings(const Profiles& profiles, std::string_view profile);

}  // namespace cortex::auth::aws
