#include "config_file.hpp"

#include "file_text.hpp"

#include <cortex/config_fields.hpp>
#include <cortex/error.hpp>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <vector>

namespace cortex::cli {
namespace {

[[noreturn]] void fail(std::string message) { throw_error({.code = ErrorCode::config, .message = std::move(message)}); }

std::string at(const std::string& path, const toml::source_position& position) {
    return path + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

/// A table's entries as they stand in the file; the table itself sorts them by name.
std::vector<std::pair<const toml::key*, const toml::node*>> in_file_order(const toml::table& table) {
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    entries.reserve(table.size());
    for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
    const auto place = [](const auto& entry) {
        const toml::source_position& begin = entry.first->source().begin;
        return std::tuple(begin.line, begin.column);
    };
    std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return entries;
}

std::string kind_of(const toml::node& node) {
    if (node.is_table()) return "a table";
    if (node.is_array()) return "an array";
    return "a date or time";
}

std::optional<ConfigValue> scalar(const toml::node& node) {
    if (const auto* text = node.as_string()) return ConfigValue(text->get());
    if (const auto* flag = node.as_boolean()) return ConfigValue(flag->get());
    if (const auto* number = node.as_integer()) return ConfigValue(number->get());
    if (const auto* number = node.as_floating_point()) return ConfigValue(number->get());
    return std::nullopt;
}

/// A scalar, or a list of texts.
std::optional<ConfigValue> value_of(const toml::node& node) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return scalar(node);
    std::vector<std::string> texts;
    for (const toml::node& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) return std::nullopt;
        texts.push_back(text->get());
    }
    return ConfigValue(std::move(texts));
}

/// Runs `action`, and puts the place in the file before the sentence of a ConfigError.
template <class Action>
void located(const std::string& where, Action action) {
    try {
        action();
    } catch (const ConfigError& error) {
        ErrorInfo info = error.info();
        info.message = where + ": " + info.message;
        throw_error(std::move(info));
    }
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

ProviderConfig read_provider(const std::string& file, const std::string& path, const toml::table& table) {
    ProviderConfig config;
    for (const auto& [key, node] : in_file_order(table)) {
        const std::string_view name = key->str();
        located(at(file, key->source().begin), [&] {
            if (const auto value = value_of(*node)) return set_field(config, path, name, *value);
            if (!contains(provider_field_names(), name)) throw_unknown_key(path, name, provider_field_names());
            fail(path + "." + std::string(name) + " is " + kind_of(*node) + "; a single value is expected.");
        });
    }
    return config;
}

void read_budgets(const std::string& file, const toml::table& table, Budgets& budgets) {
    for (const auto& [key, node] : in_file_order(table)) {
        const std::string_view name = key->str();
        located(at(file, key->source().begin), [&] {
            if (const auto value = value_of(*node)) return set_field(budgets, "budgets", name, *value);
            fail("budgets." + std::string(name) + " is " + kind_of(*node) + "; a single number is expected.");
        });
    }
}

void read_providers(const std::string& file, const toml::table& table, Providers& providers) {
    for (const auto& [key, node] : in_file_order(table)) {
        const std::string path = "providers." + std::string(key->str());
        const toml::table* provider = node->as_table();
        if (provider == nullptr)
            fail(at(file, key->source().begin) + ": " + path + " is a single value; a table [" + path +
                 "] is expected.");
        providers.emplace_back(std::string(key->str()), read_provider(file, path, *provider));
    }
}

}  // namespace

std::optional<std::string> config_path(const std::optional<std::string>& named) {
    if (named) return named;
    const char* path = std::getenv("CORTEX_CONFIG");
    return path == nullptr || *path == '\0' ? std::nullopt : std::optional<std::string>(path);
}

EngineConfig read_config_file(const std::string& path) {
    const std::string text = read_file(path, "Name an existing configuration file with --config or CORTEX_CONFIG.");
    const toml::parse_result parsed = toml::parse(std::string_view(text), std::string_view(path));
    // The parser's own words may repeat a value, and with it a key.
    if (!parsed)
        fail(at(path, parsed.error().source().begin) +
             ": this is not valid TOML. Compare it with the documentation of cortex.toml; texts stand in quotes, as in "
             "default_model = \"...\".");

    std::vector<std::string> known = engine_field_names();
    known.emplace_back("providers");
    known.emplace_back("budgets");
    EngineConfig config;
    for (const auto& [key, node] : in_file_order(parsed.table())) {
        const std::string_view name = key->str();
        const std::string where = at(path, key->source().begin);
        if (const toml::table* table = node->as_table(); table != nullptr && name == "providers") {
            read_providers(path, *table, config.providers);
            continue;
        }
        if (const toml::table* table = node->as_table(); table != nullptr && name == "budgets") {
            read_budgets(path, *table, config.budgets);
            continue;
        }
        located(where, [&] {
            if (!contains(known, name)) throw_unknown_key("", name, known);
            if (const auto value = value_of(*node)) return set_field(config, name, *value);
            fail(std::string(name) + " is " + kind_of(*node) + "; " +
                 (name == "providers" ? "a table for each provider" : "a single value") + " is expected.");
        });
    }
    return config;
}

}  // namespace cortex::cli
