#pragma once

#include <chrono>

namespace cortex {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Time, injected: nothing below the engine reads a clock of its own.
struct Clock {
    virtual ~Clock() = default;
    virtual SteadyTime now() const noexcept = 0;
    virtual WallTime wall() const noexcept = 0;
};

/// The machine's own clocks.
struct SystemClock final : Clock {
    SteadyTime now() const noexcept override { return std::chrono::steady_clock::now(); }
    WallTime wall() const noexcept override { return std::chrono::system_clock::now(); }
};

}  // namespace cortex
