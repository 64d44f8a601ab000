#pragma once

#include "auth/aws/asking.hpp"
#include "auth/aws/profile_plan.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// A role for keys, from AWS STS. `source` of the outcome is the caller's.
/// `region` "": the resolved one.
Result<Credential> assume_role(Asking& asking, const RoleHop& hop, std::string_view region, const Credential& base, std::string source);

/// A role for a token of somebody else's, which the file `token_file` holds; it is read anew for each fetch, because it rotates.
struct WebIdentity {
    std::string token_file = {};
    std::string role_arn = {};
    std::string session_name = {};
    std::string region = {};   ///< "": the resolved one.
    std::string named_by = {};   ///< "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file of profile dev in ..."
};
Result<Credential> assume_role_with_web_identity(Asking& asking, const WebIdentity& identity, std::string source);

}  // namespace cortex::auth::aws
