#pragma once
// Claude's names on Bedrock: base ids, inference profiles, ARNs, and the names on the Messages route. The emulator's own table,
// for the reason that models.hpp gives.

#include "aws_state.hpp"

#include <string_view>

namespace emulator {

struct BedrockModel {
    std::string_view base_id;
    std::string_view claude;  ///< the name in models.hpp
    std::string_view profiles;  ///< prefixes under which it can be invoked
    std::string_view mantle_id;  ///< its name on the Messages route; empty: not there
    bool legacy =
        false;  ///< 4.6 and before: older body version, counts tokens on the runtime, thinking can be disabled
};

/// The model behind the id of an InvokeModel path, decoded. Throws Rejection as the service does for ids that are unknown, that
/// need a profile, or that belong to another region than this one (empty: any).
[[nodiscard]] const BedrockModel& invoked_model(const AwsState& state, std::string_view id, std::string_view region);

/// The model behind a bare id; throws where a profile is given, as the token count does.
[[nodiscard]] const BedrockModel& counted_model(std::string_view id);

/// The model behind a name of the Messages route; null when there is none.
[[nodiscard]] const BedrockModel* messages_model(std::string_view id);

}  // namespace emulator
