#include "routing/cost_guard.hpp"

#include "core/catalog.hpp"
#include "core/usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cortex::routing {
namespace {

/// Below this an answer is hardly one.
constexpr std::int64_t shortest_answer = 256;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// The dearest way to be charged for these tokens: read afresh, or written to one of the caches. Nothing where a price is unknown; a
/// cache without a price is one that the model does not have.
std::optional<std::int64_t> dearest(const ModelInfo& model, std::int64_t prompt, std::int64_t output) noexcept {
    const PriceRow& row = price_tier(model.prices, prompt);
    if (!row.input || !row.output) return std::nullopt;
    auto worst = cost_nanodollars(model.prices, {.input = prompt, .output = output});
    if (row.cache_write_5m) worst = std::max(worst, cost_nanodollars(model.prices, {.cache_write_5m = prompt, .output = output}));
    if (row.cache_write_1h) worst = std::max(worst, cost_nanodollars(model.prices, {.cache_write_1h = prompt, .output = output}));
    return worst;
}

}  // namespace

const PriceRow& price_tier(const Prices& prices, std::int64_t prompt_tokens) noexcept {
    const bool long_prompt = prices.long_prompt_above > 0 && prompt_tokens > prices.long_prompt_above;
    return long_prompt ? prices.long_prompt : prices.base;
}

Amount estimate_call(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t max_output) noexcept {
    const std::int64_t prompt = std::max<std::int64_t>(prompt_tokens, 0);
    const std::int64_t output = std::max<std::int64_t>(max_output, 0);
    return {.money = dearest(model, prompt, output), .tokens = output > most - prompt ? most : prompt + output};
}

Result<std::int64_t> affordable_output(const ModelInfo& model, std::int64_t prompt_tokens, std::int64_t limit) {
    const auto refuse = [&](std::string message) {
        return ErrorInfo{.code = ErrorCode::budget_exceeded, .message = std::move(message), .model = model.id};
    };
    const auto prompt = dearest(model, prompt_tokens, 0);
    if (!prompt)
        return refuse(fmt::format("The price of {} is unknown, so a limit on cost cannot be kept. Leave max_cost out, or add the price to the catalogue "
                                  "(models_path).", model.id));
    const std::int64_t left = limit - *prompt;
    // Prices are micro-dollars per million tokens, so price * tokens is in pico-dollars.
    const std::int64_t price = *price_tier(model.prices, prompt_tokens).output;
    const std::int64_t tokens = price == 0 ? most : left > most / 1000 ? left / price * 1000 : left * 1000 / price;
    if (left <= 0 || tokens < shortest_answer)
        return refuse(fmt::format("The turn cannot fit max_cost of {:.6f} USD: the prompt alone may cost {:.6f} USD on {}. Raise max_cost, shorten the "
                                  "conversation, or choose a cheaper model.", static_cast<double>(limit) / 1e9,
                                  static_cast<double>(*prompt) / 1e9, model.id));
    return tokens;
}

}  // namespace cortex::routing
