#include "spend_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace cortex::cli {
namespace {

using Row = std::vector<std::string>;

std::string money(const CostLine& line) {
    if (!line.cost_usd) return line.calls == 0 ? "0.000000" : "unknown";
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.6f", *line.cost_usd);
    std::string out = text.data();
    if (line.unknown_cost_calls > 0)
        out += " and " + std::to_string(line.unknown_cost_calls) +
               (line.unknown_cost_calls == 1 ? " call of unknown price" : " calls of unknown price");
    return out;
}

std::size_t names_in(SpendColumns columns) {
    return (columns.provider ? 1U : 0U) + (columns.model ? 1U : 0U) + (columns.user ? 1U : 0U);
}

Row head(SpendColumns columns) {
    Row row;
    if (columns.provider) row.emplace_back("provider");
    if (columns.model) row.emplace_back("model");
    if (columns.user) row.emplace_back("user");
    for (const char* name : {"calls", "in", "out", "cached", "USD"}) row.emplace_back(name);
    return row;
}

void add_figures(Row& row, const CostLine& line) {
    for (const std::int64_t figure : {line.calls, line.input_tokens, line.output_tokens, line.cached_tokens})
        row.push_back(std::to_string(figure));
    row.push_back(money(line));
}

Row row_of(const CostLine& line, SpendColumns columns) {
    Row row;
    if (columns.provider) row.push_back(line.provider);
    if (columns.model) row.push_back(line.model);
    if (columns.user) row.push_back(line.user_id);
    add_figures(row, line);
    return row;
}

Row total_row(const CostLine& total, std::size_t names) {
    Row row(names);
    row.front() = "total";
    add_figures(row, total);
    return row;
}

/// Names to the left and figures to the right; the last column is as wide as it is.
std::string text_of(const Row& row, const std::vector<std::size_t>& widths, std::size_t names) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string gap(widths[i] - std::min(widths[i], row[i].size()), ' ');
        if (i > 0) line += "  ";
        if (i + 1 == row.size())
            line += row[i];
        else
            line += i < names ? row[i] + gap : gap + row[i];
    }
    return line + "\n";
}

}  // namespace

std::string spend_table(const std::vector<CostLine>& lines, const CostLine& total, SpendColumns columns) {
    const std::size_t names = names_in(columns);
    std::vector<Row> rows{head(columns)};
    for (const CostLine& line : lines) rows.push_back(row_of(line, columns));
    rows.push_back(total_row(total, names));
    std::vector<std::size_t> widths(rows.front().size());
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const Row& row : rows) text += text_of(row, widths, names);
    return text;
}

}  // namespace cortex::cli
