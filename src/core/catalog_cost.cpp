#include "core/catalog.hpp"
#include "core/usage.hpp"

#include <limits>

namespace cortex {
namespace {

/// Adds tokens * price; a sum that does not fit is the largest that does, which no budget allows.
bool add(std::int64_t& sum, std::int64_t tokens, const std::optional<std::int64_t>& price) noexcept {
    if (tokens <= 0) return true;
    if (!price) return false;
    std::int64_t product = 0;
    if (__builtin_mul_overflow(tokens, *price, &product) || __builtin_add_overflow(sum, product, &sum))
        sum = std::numeric_limits<std::int64_t>::max();
    return true;
}

}  // namespace

std::optional<std::int64_t> cost_nanodollars(const Prices& prices, const Usage& usage) noexcept {
    const bool long_prompt = prices.long_prompt_above > 0 && usage.total_input() > prices.long_prompt_above;
    const PriceRow& row = long_prompt ? prices.long_prompt : prices.base;
    // Tokens times micro-dollars a million tokens are pico-dollars.
    std::int64_t pico = 0;
    if (!add(pico, usage.input, row.input) || !add(pico, usage.cache_read, row.cache_read) ||
        !add(pico, usage.cache_write_5m, row.cache_write_5m) || !add(pico, usage.cache_write_1h, row.cache_write_1h) ||
        !add(pico, usage.output, row.output))
        return std::nullopt;
    return pico / 1000 + (pico % 1000 != 0 ? 1 : 0);
}

}  // namespace cortex
