#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/jwt.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::google {

/// `service_account`: a key file.
struct ServiceAccount {
    std::string file = {};
    std::string email = {};
    std::string key_id = {};
    std::string token_uri = {};
    SigningKey key;
};

Result<ServiceAccount> read_service_account(FieldReader fields);

/// The token that the key is exchanged for; a token that the key signs itself where the options say so, and in every universe but
/// Google's own, where there is no token service. `nested`: the token is only a step to another one.
Result<Token> service_account_token(Flow& flow, const ServiceAccount& account, std::string_view scope, bool nested);

/// The two signed texts, for `now`.
Result<std::string> assertion(const ServiceAccount& account, std::string_view scope, WallTime now);
Result<std::string> self_signed_token(const ServiceAccount& account, std::string_view scope, std::string_view service_host, WallTime now);

}  // namespace cortex::auth::google
