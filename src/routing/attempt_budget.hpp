#pragma once

#include <atomic>
#include <cstdint>

namespace cortex::routing {

/// How many requests an engine may send beyond one for each call: repeats, or second models beside slow ones. A service that is slow or failing
/// because it is loaded would only be loaded more by all callers at once. Each call earns a share of a further request; what is not used is kept up
/// to a bound. Thread-safe.
class AttemptBudget {
public:
    /// `share`: further requests for each call, above 0, at most 1. `in_hand`: at the beginning. `most`: what can be saved up.
    AttemptBudget(double share, int in_hand, int most) noexcept;

    /// A call was made.
    void earn() noexcept;
    /// Takes a further request. False: none is in hand.
    bool spend() noexcept;

private:
    static constexpr std::int64_t one = 1'000'000;   ///< Counted in millionths of a request.

    const std::int64_t share_;
    const std::int64_t most_;
    std::atomic<std::int64_t> in_hand_;
};

}  // namespace cortex::routing
