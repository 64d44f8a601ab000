#include "routing/attempt_budget.hpp"

#include <algorithm>

namespace cortex::routing {

AttemptBudget::AttemptBudget(double share, int in_hand, int most) noexcept
    : share_(static_cast<std::int64_t>(share * static_cast<double>(one))), most_(most * one), in_hand_(in_hand * one) {}

void AttemptBudget::earn() noexcept {
    std::int64_t known = in_hand_.load(std::memory_order_relaxed);
    while (known < most_ && !in_hand_.compare_exchange_weak(known, std::min(most_, known + share_), std::memory_order_relaxed)) {}
}

bool AttemptBudget::spend() noexcept {
    std::int64_t known = in_hand_.load(std::memory_order_relaxed);
    while (known >= one)
        if (in_hand_.compare_exchange_weak(known, known - one, std::memory_order_relaxed)) return true;
    return false;
}

}  // namespace cortex::routing
