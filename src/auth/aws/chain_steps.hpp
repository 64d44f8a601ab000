#pragma once

#include "auth/aws/sources.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace cortex::auth::aws {

/// One source of the chain.
struct ChainStep {
    virtual ~ChainStep() = default;
    /// As it stands in reports: "environment", "profile", ...
    virtual std::string_view name() const noexcept = 0;
    /// Why it is left out whatever it has, or "".
    virtual std::string_view left_out(const ChainOptions&) const { return {}; }
    virtual Result<Look> look(const World& world, const ChainOptions& options, const InstanceMemory& memory) const = 0;
    virtual Result<Sought> keys(Asking& asking, InstanceMemory& memory) const = 0;
};

/// All sources of keys, in order.
const std::vector<std::unique_ptr<const ChainStep>>& chain_steps();

}  // namespace cortex::auth::aws
