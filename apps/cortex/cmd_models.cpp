#include "commands.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"

#include <cortex/engine.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

namespace cortex::cli {
namespace {

std::string price(const std::optional<double>& usd) {
    if (!usd) return "?";
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4g", *usd);
    return text.data();
}

std::string thousands(std::int64_t tokens) {
    if (tokens <= 0) return "?";
    return tokens % 1'000'000 == 0 ? std::to_string(tokens / 1'000'000) + "M"
                                   : std::to_string((tokens + 500) / 1'000) + "k";
}

std::string model_line(const ModelSummary& model, std::size_t id_width) {
    std::array<char, 128> facts{};
    std::snprintf(facts.data(), facts.size(), "  %-10s window %5s  answer %5s  USD per million %6s in %6s out",
                  model.provider.c_str(), thousands(model.context_window).c_str(),
                  thousands(model.max_output_tokens).c_str(), price(model.input_usd_per_mtok).c_str(),
                  price(model.output_usd_per_mtok).c_str());
    std::string line = model.id + std::string(id_width - std::min(id_width, model.id.size()), ' ') + facts.data() +
                       "  " + model.status;
    if (!model.standing.empty()) line += ", " + model.standing;
    if (!model.retires_at.empty() && model.status != "retired") line += ", retires " + model.retires_at;
    if (!model.successor.empty() && model.status != "active") line += ", then " + model.successor;
    return line;
}

int models_command(const EngineOptions& options) {
    const std::vector<ModelSummary> rows = models(engine_config(options).models_path);
    std::size_t width = 0;
    for (const ModelSummary& model : rows) width = std::max(width, model.id.size());
    std::string text;
    for (const ModelSummary& model : rows) text += model_line(model, width) + "\n";
    Output().write(text);
    return exit_code::answered;
}

}  // namespace

void register_models(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<EngineOptions>();
    CLI::App& command = *program.add_subcommand("models", "The model catalogue: windows, limits, prices, lifecycle");
    add_engine_options(command, *options);
    command.callback([options, &chosen] { chosen = [options](Context&) { return models_command(*options); }; });
}

}  // namespace cortex::cli
