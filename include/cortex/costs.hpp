#pragma once

#include <cortex/export.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortex {

/// What the calls of one provider, model and user used: those that answered, failed and were cancelled, as far as they told.
struct CostLine {
    std::string provider = {};               ///< Registered name: the channel that was paid. "" in a sum over all of them; so the next two.
    std::string model = {};                  ///< As the provider spells it.
    std::string user_id = {};
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;           ///< All input, cached or not.
    std::int64_t output_tokens = 0;          ///< Thinking included.
    std::int64_t cached_tokens = 0;          ///< The part of the input that was read from a prompt cache.
    std::int64_t cache_write_tokens = 0;     ///< The part of the input that was written to one.
    std::optional<double> cost_usd = {};     ///< Of the calls whose price is known; nothing where it is known of none.
    std::int64_t unknown_cost_calls = 0;     ///< The other calls: above 0, `cost_usd` is not the whole cost.
};

/// The spend of an engine since it was made.
struct CostReport {
    CostLine total = {};
    std::vector<CostLine> by_provider = {};
    std::vector<CostLine> by_model = {};     ///< With the provider that served it.
    std::vector<CostLine> by_user = {};
    std::vector<CostLine> lines = {};        ///< One for each provider, model and user.
};

/// One JSON object with the field names above.
CORTEX_API std::string to_json(const CostReport& report);

}  // namespace cortex
