#pragma once

#include "core/world.hpp"

namespace cortex::world {

/// The machine's own programs. Stateless; thread-safe.
class PosixProcesses final : public Processes {
public:
    Result<ProcessOutput> run(const ProcessRequest& request, const std::stop_token& stop) const override;
};

}  // namespace cortex::world
