#include "spend_record.hpp"

#include <cortex/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <tuple>

namespace cortex::cli {
namespace {

constexpr double nanodollars = 1e9;

std::string iso_time(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    std::array<char, 32> text{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return "1970-01-01T00:00:00Z";
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

bool same_buyer(const CostLine& a, const CostLine& b) {
    return a.provider == b.provider && a.model == b.model && a.user_id == b.user_id;
}

/// Sums of many small amounts keep to whole nanodollars, so that they print without crumbs.
double rounded(double usd) { return std::round(usd * nanodollars) / nanodollars; }

void add(CostLine& sum, const SpendRecord& record) {
    sum.calls += record.calls;
    sum.input_tokens += record.input_tokens;
    sum.output_tokens += record.output_tokens;
    sum.cached_tokens += record.cached_tokens;
    sum.cache_write_tokens += record.cache_write_tokens;
    sum.unknown_cost_calls += record.unknown_cost_calls;
    if (record.cost_usd) sum.cost_usd = rounded(sum.cost_usd.value_or(0.0) + *record.cost_usd);
}

/// The line of one buyer, which is begun where there is none.
CostLine& line_of(std::vector<CostLine>& lines, const CostLine& buyer) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const CostLine& line) { return same_buyer(line, buyer); });
    return found != lines.end() ? *found : lines.emplace_back(buyer);
}

void sort(std::vector<CostLine>& lines) {
    std::sort(lines.begin(), lines.end(), [](const CostLine& a, const CostLine& b) {
        return std::tie(a.provider, a.model, a.user_id) < std::tie(b.provider, b.model, b.user_id);
    });
}

}  // namespace

std::vector<SpendRecord> spent_between(const CostReport& before, const CostReport& after,
                                       std::chrono::system_clock::time_point at) {
    std::vector<SpendRecord> out;
    for (const CostLine& now : after.lines) {
        const auto earlier = std::find_if(before.lines.begin(), before.lines.end(),
                                          [&](const CostLine& line) { return same_buyer(line, now); });
        const CostLine was = earlier != before.lines.end() ? *earlier : CostLine{};
        SpendRecord record{.at = iso_time(at),
                           .provider = now.provider,
                           .model = now.model,
                           .user_id = now.user_id,
                           .calls = now.calls - was.calls,
                           .input_tokens = now.input_tokens - was.input_tokens,
                           .output_tokens = now.output_tokens - was.output_tokens,
                           .cached_tokens = now.cached_tokens - was.cached_tokens,
                           .cache_write_tokens = now.cache_write_tokens - was.cache_write_tokens,
                           .cost_usd = {},
                           .unknown_cost_calls = now.unknown_cost_calls - was.unknown_cost_calls};
        if (record.calls <= 0) continue;
        if (record.unknown_cost_calls < record.calls)
            record.cost_usd = rounded(now.cost_usd.value_or(0.0) - was.cost_usd.value_or(0.0));
        out.push_back(std::move(record));
    }
    return out;
}

std::string to_line(const SpendRecord& record) { return encode(record); }

std::optional<SpendRecord> parse_line(std::string_view line) {
    try {
        return decode<SpendRecord>(line);
    } catch (const Error&) {
        return std::nullopt;
    }
}

CostReport sum_up(const std::vector<SpendRecord>& records) {
    CostReport report;
    for (const SpendRecord& record : records) {
        add(report.total, record);
        add(line_of(report.by_provider, {.provider = record.provider}), record);
        add(line_of(report.by_model, {.provider = record.provider, .model = record.model}), record);
        add(line_of(report.by_user, {.user_id = record.user_id}), record);
        add(line_of(report.lines, {.provider = record.provider, .model = record.model, .user_id = record.user_id}), record);
    }
    if (records.empty()) report.total.cost_usd = 0.0;
    for (std::vector<CostLine>* lines : {&report.by_provider, &report.by_model, &report.by_user, &report.lines}) sort(*lines);
    return report;
}

}  // namespace cortex::cli
