#include "commands.hpp"
#include "config_file.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "spend_log.hpp"
#include "spend_table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

namespace cortex::cli {
namespace {

struct CostsOptions {
    std::optional<std::string> by = {};
    std::optional<std::string> since = {};
    std::optional<std::string> config = {};
    bool json = false;
};

[[noreturn]] void bad_value(const char* option, const std::string& value, const char* expected) {
    usage_error(std::string(option) + " is \"" + value + "\"; it takes " + expected + ".");
}

/// The lines that were asked for, and which of their names they have.
struct Grouping {
    std::vector<CostLine> CostReport::*lines = &CostReport::lines;
    SpendColumns columns = {};
};

Grouping grouping_of(const std::optional<std::string>& by) {
    if (!by) return {};
    if (*by == "provider") return {&CostReport::by_provider, {.model = false, .user = false}};
    if (*by == "model") return {&CostReport::by_model, {.user = false}};
    if (*by == "user") return {&CostReport::by_user, {.provider = false, .model = false}};
    bad_value("--by", *by, "provider, model or user");
}

/// Whether the text is a day of the calendar, in the one spelling by which days can be compared as texts.
bool is_day(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto number = [&text](std::size_t at, std::size_t size) {
        int value = -1;
        const char* end = text.data() + at + size;
        return std::from_chars(text.data() + at, end, value).ptr == end ? value : -1;
    };
    const int year = number(0, 4);
    const int month = number(5, 2);
    const int day = number(8, 2);
    return year >= 0 && month > 0 && day > 0 &&
           std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
               .ok();
}

std::string nothing_spent(const SpendLog& log, const std::optional<std::string>& since) {
    if (since && log.there) return "nothing spent since " + *since + "\n";
    return "nothing spent yet: cortex run and cortex chat write into " + spend_log_path().string() + "\n";
}

int costs_command(const CostsOptions& options) {
    const Grouping grouping = grouping_of(options.by);
    if (options.since && !is_day(*options.since)) bad_value("--since", *options.since, "a day, such as 2026-11-28");
    if (const auto path = config_path(options.config)) read_config_file(*path);
    Output output;
    SpendLog log = read_spend_log(spend_log_path());
    if (options.since)
        std::erase_if(log.records, [&](const SpendRecord& record) { return record.at.substr(0, 10) < *options.since; });
    CostReport report = sum_up(log.records);
    if (log.damaged > 0)
        say(std::to_string(log.damaged) + (log.damaged == 1 ? " line of " : " lines of ") + spend_log_path().string() +
            (log.damaged == 1 ? " is damaged and was passed over." : " are damaged and were passed over."));
    if (options.by && grouping.lines != &CostReport::lines) report.lines = report.*grouping.lines;
    if (options.json)
        output.write(to_json(report) + "\n");
    else if (report.total.calls == 0)
        output.write(without_controls(nothing_spent(log, options.since)));
    else
        output.write(without_controls(spend_table(report.lines, report.total, grouping.columns)));
    return exit_code::answered;
}

}  // namespace

void register_costs(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<CostsOptions>();
    CLI::App& command = *program.add_subcommand("costs", "What run and chat spent on this machine");
    command.add_option("--by", options->by, "Sums for each provider, model or user; else for each three of them")
        ->type_name("provider|model|user");
    command.add_option("--since", options->since, "From this day on (UTC)")->type_name("YYYY-MM-DD");
    command.add_flag("--json", options->json, "Print one object; its lines are those that --by asks for");
    command.add_option("--config", options->config, "Configuration file, which is checked; costs do not depend on it")
        ->type_name("FILE")
        ->group("Common options");
    command.callback([options, &chosen] { chosen = [options](Context&) { return costs_command(*options); }; });
}

}  // namespace cortex::cli
