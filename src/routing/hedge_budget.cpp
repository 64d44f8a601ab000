#include "routing/hedge_budget.hpp"

#include <algorithm>

namespace cortex::routing {

HedgeBudget::HedgeBudget(double share) noexcept : share_(static_cast<std::int64_t>(share * static_cast<double>(one))) {}

void HedgeBudget::earn() noexcept {
    std::int64_t known = in_hand_.load(std::memory_order_relaxed);
    while (known < most && !in_hand_.compare_exchange_weak(known, std::min(most, known + share_), std::memory_order_relaxed)) {}
}

bool HedgeBudget::spend() noexcept {
    std::int64_t known = in_hand_.load(std::memory_order_relaxed);
    while (known >= one)
        if (in_hand_.compare_exchange_weak(known, known - one, std::memory_order_relaxed)) return true;
    return false;
}

}  // namespace cortex::routing
