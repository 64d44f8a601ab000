#pragma once
// The Security Token Service: assumed roles, web identities, and who the caller is.

#include "aws_state.hpp"

namespace emulator {

/// POST / with a form. Throws Rejection.
[[nodiscard]] Reply answer_sts(AwsState& state, const HttpRequest& request, const std::string& request_id);

}  // namespace emulator
