#pragma once

#include "auth/aws/chain.hpp"
#include "core/credential.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cortex::auth::aws {

/// What a source is given for one fetch.
struct Asking {
    World& world;
    const ChainOptions& options;   ///< With a clock.
    std::vector<std::string>& notes;   ///< What went wrong without harm; for the report.

    /// AWS's time, as far as it is known.
    WallTime now() const { return options.clock->apply(world.clock->wall()); }
};

/// What a source of the chain has: keys, or why it has none ("AWS_ACCESS_KEY_ID is not set").
struct Sought {
    std::optional<Credential> found = {};
    std::string absent = {};
};

/// What can be told of a source without asking anybody.
struct Look {
    bool there = false;       ///< It has credentials, or would be asked for some.
    std::string source = {};  ///< As `Credential::source`, as far as it is known.
    std::string text = {};    ///< Where there is none: why. Else how it would be asked, or "".
};

}  // namespace cortex::auth::aws
