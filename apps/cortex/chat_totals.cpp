#include "chat_totals.hpp"

#include <array>
#include <cstdio>

namespace cortex::cli {

void ChatTotals::add(const ResponseMetadata& metadata) {
    ++turns_;
    tokens_ += metadata.tokens_used;
    usd_ += metadata.cost_usd.value_or(0.0);
    all_priced_ = all_priced_ && metadata.cost_usd.has_value();
}

std::string ChatTotals::text() const {
    std::array<char, 32> money{};
    std::snprintf(money.data(), money.size(), "%.6f", usd_);
    return std::to_string(turns_) + (turns_ == 1 ? " turn, " : " turns, ") + std::to_string(tokens_) + " tokens, " +
           money.data() + " USD" + (all_priced_ ? "\n" : " and turns whose price is unknown\n");
}

}  // namespace cortex::cli
