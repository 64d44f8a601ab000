#pragma once

#include <cortex/costs.hpp>
#include <cortex/describe.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::cli {

/// What one turn used of one provider and model: a line of the file that `cortex costs` reads. Names as in CostLine.
struct SpendRecord {
    std::string at = {};                     ///< "2026-11-28T12:00:00Z": when the turn ended.
    std::string provider = {};
    std::string model = {};
    std::string user_id = {};
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t cached_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    std::optional<double> cost_usd = {};     ///< Nothing where no call's price is known.
    std::int64_t unknown_cost_calls = 0;
};

/// What was spent between two reports of one engine, in the order of the later one.
std::vector<SpendRecord> spent_between(const CostReport& before, const CostReport& after,
                                       std::chrono::system_clock::time_point at);

/// One JSON object, without a line's end.
std::string to_line(const SpendRecord& record);
/// Nothing for a line that is damaged.
std::optional<SpendRecord> parse_line(std::string_view line);

/// All records together, with the sums that an engine's own report has.
CostReport sum_up(const std::vector<SpendRecord>& records);

}  // namespace cortex::cli

template <>
inline constexpr auto cortex::describe<cortex::cli::SpendRecord> = [] {
    using Record = cortex::cli::SpendRecord;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return cortex::fields(
        cortex::field(&Record::at, "at").pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
        cortex::field(&Record::provider, "provider"), cortex::field(&Record::model, "model"),
        cortex::field(&Record::user_id, "user_id"), cortex::field(&Record::calls, "calls").range(0, most),
        cortex::field(&Record::input_tokens, "input_tokens").range(0, most),
        cortex::field(&Record::output_tokens, "output_tokens").range(0, most),
        cortex::field(&Record::cached_tokens, "cached_tokens").range(0, most),
        cortex::field(&Record::cache_write_tokens, "cache_write_tokens").range(0, most),
        cortex::field(&Record::cost_usd, "cost_usd"),
        cortex::field(&Record::unknown_cost_calls, "unknown_cost_calls").range(0, most));
}();
