#pragma once

#include "core/model_info.hpp"
#include "core/result.hpp"

#include <cstdint>

namespace cortex::routing {

/// The most tokens (thinking and answer) that a call may write so that it costs at most `limit` nano-dollars, for a prompt of
/// `prompt_tokens` (at their worst), all of which is taken to be written to the dearest cache.
/// Fails with a BudgetExceededError where not even a short answer fits, or where a price is unknown (an unknown price is
/// not free).
Result<std::int64_t> affordable_output(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t limit);

}  // namespace cortex::routing
