#include "routing/cache_choice.hpp"

#include "core/catalog.hpp"
#include "core/usage.hpp"
#include "routing/cost_guard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::routing {
namespace {

/// What is not read from the cache is written to it where the model's cache has a price for that; else it is plain input.
Usage as_used(const PriceRow& row, std::int64_t cached, std::int64_t fresh, std::int64_t output) {
    Usage usage{.cache_read = cached, .output = output};
    (row.cache_write_5m ? usage.cache_write_5m : usage.input) = fresh;
    return usage;
}

std::optional<std::int64_t> price(const ModelInfo& model, std::int64_t cached, const LikelyCall& call) {
    return cost_nanodollars(model.prices, as_used(price_tier(model.prices, call.prompt_tokens), cached, call.prompt_tokens - cached, call.output_tokens));
}

double usd(std::int64_t nanodollars) { return static_cast<double>(nanodollars) / 1e9; }

}  // namespace

CacheChoice choose_by_cache(const ModelInfo& warm, const WarmCache& cache, const ModelInfo& candidate, const LikelyCall& call) {
    const LikelyCall size{.prompt_tokens = std::max<std::int64_t>(call.prompt_tokens, 0), .output_tokens = std::max<std::int64_t>(call.output_tokens, 0)};
    const std::int64_t cached = std::clamp<std::int64_t>(cache.tokens, 0, size.prompt_tokens);
    if (cached == 0) return {.reason = fmt::format("{} has nothing of the conversation in its prompt cache", warm.id)};
    if (cache.idle >= cache.lifetime)
        return {.reason = fmt::format("the prompt cache of {} is cold: last used {} s ago, kept for {} s", warm.id, cache.idle.count(),
                                      cache.lifetime.count())};
    if (cached < warm.min_cacheable_tokens)
        return {.reason = fmt::format("{} tokens are too few for the prompt cache of {}, which begins at {}", cached, warm.id, warm.min_cacheable_tokens)};

    CacheChoice choice{.cost_stay = price(warm, cached, size), .cost_leave = price(candidate, 0, size)};
    if (!choice.cost_stay || !choice.cost_leave) {
        choice.reason = fmt::format("a price of {} is unknown, so that its part in the choice cannot be weighed", choice.cost_stay ? candidate.id : warm.id);
        return choice;
    }
    choice.stay = *choice.cost_stay <= *choice.cost_leave;
    choice.reason = fmt::format("{} has {} of {} tokens in its prompt cache: the next call costs about {:.6f} USD there and {:.6f} USD on {}", warm.id, cached,
                                size.prompt_tokens, usd(*choice.cost_stay), usd(*choice.cost_leave), candidate.id);
    return choice;
}

}  // namespace cortex::routing
