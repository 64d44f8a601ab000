#pragma once

#include "core/model_info.hpp"
#include "core/result.hpp"
#include "routing/amount.hpp"

#include <cstdint>

namespace cortex::routing {

/// The prices that hold for a prompt of so many tokens.
const PriceRow& price_tier(const Prices& prices, std::int64_t prompt_tokens) noexcept;

/// The most that a call can cost: all of a prompt of `prompt_tokens` (at their worst) written to the dearest cache, in the price
/// tier of so long a prompt, and `max_output` tokens (thinking and answer) written. Its money is nothing where the price of
/// input or output is unknown. For a reservation in the ledger.
Amount estimate_call(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t max_output) noexcept;

/// The most tokens (thinking and answer) that a call may write so that it costs at most `limit` nano-dollars, for a prompt of
/// `prompt_tokens` (at their worst), all of which is taken to be written to the dearest cache: `estimate_call` of so much is within the limit.
/// Fails with a BudgetExceededError where not even a short answer fits, or where a price is unknown (an unknown price is
/// not free).
Result<std::int64_t> affordable_output(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t limit);

}  // namespace cortex::routing
