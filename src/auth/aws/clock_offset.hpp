#pragma once

#include "core/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cortex::auth::aws {

/// How far AWS's clock is ahead of this machine's, once a service has said that it is. Shared by everything that signs for one
/// provider, for as long as the engine lives. Thread-safe.
class ClockOffset {
public:
    /// The server's time, as far as it is known.
    WallTime apply(WallTime own) const noexcept { return own + std::chrono::milliseconds(offset_ms_.load(std::memory_order_relaxed)); }
    std::chrono::milliseconds value() const noexcept { return std::chrono::milliseconds(offset_ms_.load(std::memory_order_relaxed)); }

    /// Takes the server's time from its answer (`Date` header). False, and nothing changes, where it differs from what was
    /// signed with by four minutes or less (the service tolerates five).
    bool learn(WallTime server, WallTime own) noexcept {
        const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(server - own);
        const auto from_signed = apart - value();
        if (from_signed >= -tolerance && from_signed <= tolerance) return false;
        offset_ms_.store(apart.count(), std::memory_order_relaxed);
        return true;
    }

private:
    static constexpr std::chrono::milliseconds tolerance = std::chrono::minutes(4);
    std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace cortex::auth::aws
