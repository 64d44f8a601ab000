#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "core/result.hpp"

#include <string>

namespace cortex::auth::google {

/// `authorized_user`: what `gcloud auth application-default login` writes.
struct AuthorizedUser {
    std::string file = {};
    std::string place = {};   ///< Key of its refresh token among the rotated ones.
    std::string client_id = {};
    Secret client_secret = {};
    Secret refresh_token = {};
    std::string rapt_token = {};
    std::string token_uri = {};
};

Result<AuthorizedUser> read_authorized_user(FieldReader fields);
Result<Token> authorized_user_token(Flow& flow, const AuthorizedUser& user);

}  // namespace cortex::auth::google
