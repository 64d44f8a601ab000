#pragma once
// What Bedrock takes in a body of the Messages API, beyond the checks that every place makes.

#include "bedrock_models.hpp"
#include "json_util.hpp"

#include <string>
#include <string_view>

namespace emulator {

/// An InvokeModel body turned into the request of the Messages API that it stands for.
struct InvokeBody {
    json::object body;
    std::string version;  ///< anthropic-version
    std::string betas;    ///< comma-separated
};

/// Throws Rejection with the service's codes.
[[nodiscard]] InvokeBody read_invoke_body(std::string_view text, const BedrockModel& model);

/// No sources that Bedrock would have to fetch, no server tools, no thinking switched off where it cannot be.
void check_bedrock_body(const json::object& body, const BedrockModel& model);

}  // namespace emulator
