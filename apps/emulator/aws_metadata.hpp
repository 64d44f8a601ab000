#pragma once
// Keys that a machine has by being where it is: the container credential endpoint and the instance metadata service.

#include "aws_state.hpp"

namespace emulator {

/// GET /credentials/... and GET /v1/credentials. Throws Rejection.
[[nodiscard]] Reply answer_container(AwsState& state, const HttpRequest& request);

/// PUT /latest/api/token and GET /latest/...: version 2 only. Throws Rejection.
[[nodiscard]] Reply answer_instance(AwsState& state, const HttpRequest& request);

}  // namespace emulator
