#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::google {

/// The last step of impersonation: IAM gives a token of another account for a token of ours.
struct Impersonation {
    std::string file = {};
    std::string url = {};       ///< ".../serviceAccounts/EMAIL:generateAccessToken"
    std::string email = {};     ///< Cut out of `url`.
    std::vector<std::string> delegates = {};
    std::int64_t lifetime_seconds = 3600;
    std::string quota_project = {};
};

/// Reads `service_account_impersonation_url` (and nothing else); false, with the failure in `fields`, where it will not do.
bool read_impersonation_url(FieldReader& fields, Impersonation& out);

Result<Token> impersonate(Flow& flow, const Impersonation& target, const Token& source, std::string_view scope);

}  // namespace cortex::auth::google
