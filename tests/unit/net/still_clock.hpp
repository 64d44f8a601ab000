#pragma once

#include "core/clock.hpp"

namespace cortex::net::test {

/// A clock that moves only when told to.
struct StillClock final : Clock {
    SteadyTime now() const noexcept override { return at; }
    WallTime wall() const noexcept override { return {}; }
    SteadyTime at = SteadyTime(std::chrono::hours(1));
};

}  // namespace cortex::net::test
