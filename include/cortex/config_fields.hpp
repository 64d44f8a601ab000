#pragma once

#include <cortex/config.hpp>
#include <cortex/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex {

/// A value from a configuration file or a keyword argument.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// Sets `config.<key>`, by the names and aliases that `cortex.toml` and the Python package take (`gcp_project` for `project`, ...).
/// `path` begins the error's text ("providers.anthropic"). Throws ConfigError for an unknown key, naming the nearest known one,
/// and for a value of the wrong type or out of range, naming the field, the value's kind and what is expected.
CORTEX_API void set_field(ProviderConfig& config, std::string_view path, std::string_view key, const ConfigValue& value);
/// The same for an engine's own fields; the tables `providers` and `budgets` are not among them. Durations are seconds.
CORTEX_API void set_field(EngineConfig& config, std::string_view key, const ConfigValue& value);
/// The same for the table `budgets`, whose keys are a scope and a unit: `session_usd`, `user_tokens`, ...
CORTEX_API void set_field(Budgets& budgets, std::string_view path, std::string_view key, const ConfigValue& value);

/// Throws the ConfigError of an unknown key, with the nearest of `known`.
[[noreturn]] CORTEX_API void throw_unknown_key(std::string_view path, std::string_view key, const std::vector<std::string>& known);

/// The names of the engine's and of a provider's fields, without aliases.
CORTEX_API std::vector<std::string> engine_field_names();
CORTEX_API std::vector<std::string> provider_field_names();

}  // namespace cortex
