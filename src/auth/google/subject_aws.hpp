#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/subject_token.hpp"
#include "core/credential.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::google {

/// `credential_source` of AWS: the subject token is a signed question "who am I?" to AWS's STS, which Google sends in our place. The
/// keys come from AWS's own credential chain, so that ECS, EKS, SSO and profiles work too.
Result<void> check_aws_source(FieldReader source);
Result<Secret> subject_from_aws(Flow& flow, FieldReader source, const SubjectContext& context);

/// The token for these keys. `url`: STS's address with `{region}` filled in.
std::string aws_subject_token(const Credential& keys, std::string_view region, std::string_view url, std::string_view audience, WallTime now);

}  // namespace cortex::auth::google
