#pragma once

#include "core/world.hpp"
#include "world/files.hpp"
#include "world/processes.hpp"
#include "world/web.hpp"

#include <memory>

namespace cortex::world {

/// This machine, as it is: the environment as it was when the object was made (a copy, because threads read it while the host
/// may change it), files, programs, HTTP, clock. Immutable; thread-safe.
class Machine {
public:
    /// The world, which lives as long as anybody holds it.
    static std::shared_ptr<const World> create();

private:
    Machine();

    SystemClock clock_;
    PosixFiles files_;
    PosixProcesses processes_;
    std::unique_ptr<CurlWeb> web_;
    World world_;
};

}  // namespace cortex::world
