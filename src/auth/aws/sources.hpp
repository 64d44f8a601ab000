#pragma once

#include "auth/aws/asking.hpp"
#include "auth/aws/profile_plan.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex::auth::aws {

// AWS's sources of keys, one file each. A `look_` asks nobody; it may read files.

/// What is remembered of the instance metadata service.
struct InstanceMemory {
    std::optional<SteadyTime> absent_until = {};   ///< Nobody answered; it is not asked before.
    std::optional<Credential> last = {};           ///< Kept through an outage of the service (static stability).
};

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
Result<Sought> environment_keys(const World& world);

/// What the plan of a profile says.
Result<Sought> profile_keys(Asking& asking, const Profiles& profiles, const ProfilePlan& plan, InstanceMemory& instance);
/// "profile dev (assumed role arn:... from profile base)"
std::string profile_source_name(const ProfilePlan& plan);

/// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN.
Result<Sought> web_identity_keys(Asking& asking);
Result<Look> look_web_identity(const World& world);

/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI.
Result<Sought> container_keys(Asking& asking);
Result<Look> look_container(const World& world);
/// The address that is asked; "" where neither variable is set.
Result<std::string> container_url(const World& world);

/// The instance metadata service, version 2 only.
Result<Sought> instance_keys(Asking& asking, InstanceMemory& memory);
Look look_instance(const World& world, const InstanceMemory& memory);
/// "http://169.254.169.254", without a slash at the end.
Result<std::string> instance_metadata_url(const World& world, std::string_view configured_profile);

/// Runs `command` (credential_process of a profile). `where`: "credential_process of profile dev in /home/u/.aws/config".
Result<Credential> process_keys(Asking& asking, std::string_view command, std::string_view where, std::string source);

/// AWS IAM Identity Center.
Result<Credential> sso_keys(Asking& asking, const SsoSettings& settings, std::string_view profile);

/// What `aws login` has left in its cache, renewed where it is old.
Result<Credential> login_keys(Asking& asking, std::string_view login_session, std::string_view profile, std::string_view region);

}  // namespace cortex::auth::aws
