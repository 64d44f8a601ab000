#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/impersonation.hpp"
#include "core/result.hpp"

#include <string_view>

namespace cortex::auth::google {

/// `impersonated_service_account`: what `gcloud auth application-default login --impersonate-service-account` writes.
Result<Token> impersonated_account_token(Flow& flow, const FieldReader& fields, std::string_view scope);
Result<void> check_impersonated_account(const World& world, const AdcOptions& options, const FieldReader& fields);

}  // namespace cortex::auth::google
