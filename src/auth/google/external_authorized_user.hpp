#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "core/result.hpp"

#include <string>

namespace cortex::auth::google {

/// `external_account_authorized_user`: a user of a workforce pool who logged in with gcloud.
struct ExternalUser {
    std::string file = {};
    std::string place = {};
    std::string token_url = {};
    std::string client_id = {};
    Secret client_secret = {};
    Secret refresh_token = {};
};

Result<ExternalUser> read_external_user(FieldReader fields, const std::string& universe);
Result<Token> external_user_token(Flow& flow, const ExternalUser& user);

/// "Basic ...", as OAuth wants a client's id and secret.
std::string basic_authorization(std::string_view client_id, const Secret& client_secret);

}  // namespace cortex::auth::google
