#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/places.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::google {

/// The scope of every token that is only a step to another one.
inline constexpr std::string_view cloud_platform_scope = "https://www.googleapis.com/auth/cloud-platform";
inline constexpr std::string_view default_universe = "googleapis.com";

/// What the file says it is: "service account x@y (/k.json, GOOGLE_APPLICATION_CREDENTIALS)".
std::string describe(const CredentialFile& file, Place::Kind place);

/// Whether the file can be used at all, without network or program: its type, its fields, its key, its universe.
Result<void> check_file(const World& world, const AdcOptions& options, const CredentialFile& file);

/// The credential of the file, by its `type`.
Result<Credential> credential_of(Flow& flow, const CredentialFile& file, Place::Kind place);

/// A token of the object, which may be a part of a file (`source_credentials`), by its `type`; also `impersonated_service_account`
/// where `nested` is false.
Result<Token> token_of(Flow& flow, const FieldReader& fields, std::string_view type, std::string_view scope, bool nested);
/// The same as far as it goes without network.
Result<void> check_token_of(const World& world, const AdcOptions& options, const FieldReader& fields, std::string_view type, bool nested);

/// GOOGLE_CLOUD_QUOTA_PROJECT, else the file's `quota_project_id`.
std::string quota_project(const World& world, FieldReader& fields);

}  // namespace cortex::auth::google
