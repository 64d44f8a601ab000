#pragma once
// Where people's sign-ins become keys: the portal of IAM Identity Center, its OIDC service, and the console's sign-in service.

#include "aws_state.hpp"

namespace emulator {

/// GET /federation/credentials. Throws Rejection.
[[nodiscard]] Reply answer_sso(AwsState& state, const HttpRequest& request);

/// POST /token with JSON. Throws Rejection.
[[nodiscard]] Reply answer_oidc(AwsState& state, const HttpRequest& request);

/// POST /v1/token with JSON and a DPoP proof; its refusals have a member that others lack, so it writes them itself.
[[nodiscard]] Reply answer_signin(AwsState& state, const HttpRequest& request);

}  // namespace emulator
