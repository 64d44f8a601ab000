#pragma once

#include "auth/aws/asking.hpp"
#include "auth/aws/profile_plan.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// "~/.aws/sso/cache/<SHA-1 of the session's name, or of the start URL>.json", as AWS's tools write it.
std::string sso_cache_path(const World& world, const SsoToken& token);

struct SsoAccess {
    Secret token = {};
    WallTime expires_at = {};
};

/// The token of the cache, renewed where it ends within five minutes and the cache holds what a renewal needs; the renewed one is
/// written back. A renewal that fails is no failure while the old token is good.
Result<SsoAccess> sso_access(Asking& asking, const SsoToken& token, std::string_view profile);

/// Why the cache's token cannot be used; nothing where it can be, or may be renewed. Asks nobody.
std::optional<ErrorInfo> sso_problem(const Asking& asking, const SsoToken& token, std::string_view profile);

/// "Run `aws sso login --profile dev`."
std::string sso_login_remedy(std::string_view profile);

}  // namespace cortex::auth::aws
