#pragma once

#include "core/model_info.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cortex::routing {

/// What a model's prompt cache holds of a conversation.
struct WarmCache {
    std::int64_t tokens = 0;                 ///< Of the prompt's beginning.
    std::chrono::seconds idle{0};            ///< Since its last use.
    std::chrono::seconds lifetime{300};      ///< After its last use.
};

/// The next call's likely size.
struct LikelyCall {
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
};

struct CacheChoice {
    bool stay = false;                             ///< With the model whose cache is warm.
    std::optional<std::int64_t> cost_stay = {};    ///< Nano-dollars; nothing where a price is unknown.
    std::optional<std::int64_t> cost_leave = {};
    std::string reason = {};                       ///< One sentence with the figures.
};

/// Whether another model may take a conversation over from one that has it in its prompt cache, by the price of the next call on each: staying
/// reads the cached part, leaving writes the whole prompt to another cache. The cheaper stays or wins; at the same price the cache stays. Nothing
/// keeps a conversation where the cache is cold or below the model's minimum, or where a price is unknown.
CacheChoice choose_by_cache(const ModelInfo& warm, const WarmCache& cache, const ModelInfo& candidate, const LikelyCall& call);

}  // namespace cortex::routing
