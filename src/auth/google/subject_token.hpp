#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::google {

/// What a source of subject tokens may be told of its account.
struct SubjectContext {
    std::string audience = {};
    std::string token_type = {};
    std::string impersonated_email = {};
};

/// `credential_source` of the kinds `file` and `url`: {"file" or "url", "headers", "format": {"type", "subject_token_field_name"}}.
Result<void> check_file_source(FieldReader source);
Result<void> check_url_source(FieldReader source);
/// Read again for each token: what writes the file replaces it from time to time.
Result<Secret> subject_from_file(Flow& flow, FieldReader source);
Result<Secret> subject_from_url(Flow& flow, FieldReader source);

}  // namespace cortex::auth::google
