#pragma once

#include <atomic>
#include <cstdint>

namespace cortex::routing {

/// How many of an engine's calls may be made twice, since a second request for every slow first one would double the load of services that are
/// slow because they are loaded. Each call earns a share of a second request; what is not used is kept, up to ten. Thread-safe.
class HedgeBudget {
public:
    /// `share`: second requests for each call, above 0, at most 1 (`EngineConfig::hedge_budget`). Begins with one second request in hand.
    explicit HedgeBudget(double share) noexcept;

    /// A call was made.
    void earn() noexcept;
    /// Takes a second request. False: none is in hand.
    bool spend() noexcept;

private:
    /// Counted in millionths of a second request.
    static constexpr std::int64_t one = 1'000'000;
    static constexpr std::int64_t most = 10 * one;

    const std::int64_t share_;
    std::atomic<std::int64_t> in_hand_{one};
};

}  // namespace cortex::routing
