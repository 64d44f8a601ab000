#include "options.hpp"

#include "config_file.hpp"

#include <cortex/error.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>

namespace cortex::cli {
namespace {

/// The whole text as a number, by the same rules in every locale.
template <class Number>
std::optional<Number> number(const std::string& text) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

[[noreturn]] void bad_value(const char* option, const std::string& value, const char* expected) {
    usage_error(std::string(option) + " is \"" + value + "\"; it takes " + expected + ".");
}

std::chrono::milliseconds timeout_of(const std::string& text) {
    constexpr double year = 31'536'000.0;
    const auto seconds = number<double>(text);
    if (!seconds || !(*seconds > 0.0) || *seconds > year)
        bad_value("--timeout", text, "a number of seconds above 0, such as 30 or 2.5");
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(*seconds * 1000.0 - 1e-6)));
}

double cost_of(const std::string& text) {
    const auto dollars = number<double>(text);
    if (!dollars || !std::isfinite(*dollars) || !(*dollars > 0.0))
        bad_value("--max-cost", text, "an amount of US dollars above 0, such as 0.05");
    return *dollars;
}

Thinking thinking_of(const std::string& text) {
    const Thinking thinking{std::string_view(text)};
    if (thinking.kind() == Thinking::Kind::invalid ||
        (thinking.kind() == Thinking::Kind::budget && thinking.budget() <= 0))
        bad_value("--thinking", text, "auto, off or a number of tokens above 0");
    return thinking;
}

int tokens_of(const std::string& text) {
    const auto tokens = number<int>(text);
    if (!tokens || *tokens <= 0) bad_value("--max-tokens", text, "a whole number of tokens above 0");
    return *tokens;
}

void add_text(CLI::App& command, const char* name, std::optional<std::string>& value, const char* kind,
              const char* help) {
    command.add_option(name, value, help)->type_name(kind)->group("Common options");
}

}  // namespace

void usage_error(std::string sentence) { throw_error({.code = ErrorCode::config, .message = std::move(sentence)}); }

void add_engine_options(CLI::App& command, EngineOptions& options) {
    add_text(command, "--config", options.config, "FILE", "Configuration file; else the one in CORTEX_CONFIG");
    add_text(command, "--orchestrator-model", options.orchestrator_model, "MODEL", "Model that plans and reasons");
    add_text(command, "--worker-model", options.worker_model, "MODEL", "Model for simple completions and tool calls");
}

void add_turn_options(CLI::App& command, TurnFlags& options) {
    add_text(command, "--system", options.system, "TEXT", "System prompt");
    add_text(command, "--user", options.user, "NAME", "The user on whose behalf the model is asked");
    add_text(command, "--max-cost", options.max_cost, "USD", "Most money to spend, by the catalogue's prices");
    add_text(command, "--timeout", options.timeout, "SECONDS", "Time for a whole turn, with retries and streaming");
    add_text(command, "--thinking", options.thinking, "auto|off|N", "Extended thinking; N is a budget in tokens");
    add_text(command, "--max-tokens", options.max_tokens, "N", "Longest answer, in tokens");
}

EngineConfig engine_config(const EngineOptions& options) {
    EngineConfig config;
    if (const auto path = config_path(options.config)) config = read_config_file(*path);
    if (options.orchestrator_model) config.orchestrator_model = *options.orchestrator_model;
    if (options.worker_model) config.worker_model = *options.worker_model;
    return config;
}

TurnOptions turn_options(const TurnFlags& options) {
    TurnOptions turn;
    if (options.thinking) turn.thinking = thinking_of(*options.thinking);
    if (options.timeout) turn.timeout = timeout_of(*options.timeout);
    if (options.max_cost) turn.max_cost = cost_of(*options.max_cost);
    if (options.max_tokens) turn.max_tokens = tokens_of(*options.max_tokens);
    return turn;
}

}  // namespace cortex::cli
