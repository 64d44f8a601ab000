#pragma once

#include "core/credential.hpp"
#include "core/json.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// Keys as they were found, not yet looked at.
struct RawKeys {
    std::string access_key_id = {};
    std::string secret_access_key = {};
    std::string session_token = {};
    std::string account_id = {};
    std::optional<WallTime> expires_at = {};
};

/// A credential of these keys. Fails (`auth`), naming `source`, where one holds what no header can carry. The texts are wiped.
Result<Credential> to_credential(RawKeys&& keys, std::string source);

/// Keys as AWS's services and programs write them in JSON: AccessKeyId, SecretAccessKey, SessionToken or Token, AccountId, and
/// Expiration or expiresAt, a time or milliseconds since 1970; names without regard to case. `what` begins the sentence of an error
/// ("the answer of the container's credential service"). Texts of the answer are never quoted.
Result<RawKeys> read_keys(const JsonObject& object, std::string_view what);

/// The member's text, its name compared without regard to case; "" where there is none.
std::string_view text_of(const JsonObject& object, std::string_view name) noexcept;

}  // namespace cortex::auth::aws
