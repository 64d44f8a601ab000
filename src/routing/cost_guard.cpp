#include "routing/cost_guard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::routing {
namespace {

/// Below this an answer is hardly one.
constexpr std::int64_t shortest_answer = 256;

}  // namespace

Result<std::int64_t> affordable_output(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t limit) {
    const auto refuse = [&](std::string message) {
        return ErrorInfo{.code = ErrorCode::budget_exceeded, .message = std::move(message), .model = model.id};
    };
    const bool long_prompt = model.prices.long_prompt_above > 0 && prompt_tokens > model.prices.long_prompt_above;
    const PriceRow& row = long_prompt ? model.prices.long_prompt : model.prices.base;
    if (!row.input || !row.output)
        return refuse(fmt::format("The price of {} is unknown, so a limit on cost cannot be kept. Leave max_cost out, or add the price to the catalogue "
                                  "(models_path).", model.id));
    const std::int64_t input_price = std::max(*row.input, row.cache_write_1h.value_or(0));
    // Prices are micro-dollars per million tokens, so price * tokens is in pico-dollars.
    const std::int64_t left = limit - (input_price * prompt_tokens + 999) / 1000;
    const std::int64_t tokens = *row.output == 0 ? INT64_MAX : left * 1000 / *row.output;
    if (left <= 0 || tokens < shortest_answer)
        return refuse(fmt::format("The turn cannot fit max_cost of {:.6f} USD: the prompt alone may cost {:.6f} USD on {}. Raise max_cost, shorten the "
                                  "conversation, or choose a cheaper model.", static_cast<double>(limit) / 1e9,
                                  static_cast<double>(input_price * prompt_tokens) / 1e12, model.id));
    return tokens;
}

}  // namespace cortex::routing
