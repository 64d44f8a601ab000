#include "core/text.hpp"

#include <cortex/config_fields.hpp>
#include <cortex/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace cortex {
namespace {

using Names = std::vector<std::string>;
using std::chrono::milliseconds;

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// A key as a user wrote it, fit for a message.
std::string shown(std::string_view key) {
    constexpr std::size_t longest = 80;
    return in_quotes(replace_invalid_utf8(utf8_prefix(key, longest)));
}

[[noreturn]] void fail(std::string message) { throw_error({.code = ErrorCode::config, .message = std::move(message)}); }

std::string_view kind_of(const ConfigValue& value) noexcept {
    constexpr std::array<std::string_view, 5> kinds{"true or false", "a whole number", "a number with a fraction",
                                                    "text", "a list of texts"};
    return kinds[value.index()];
}

std::string in_full(double number) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

/// One value on its way into one field. Messages tell the kind of what was given, never a text itself: it may be a key.
struct Given {
    std::string field;
    const ConfigValue& value;

    [[noreturn]] void mismatch(std::string_view expected) const {
        fail(field + " is " + std::string(kind_of(value)) + "; " + std::string(expected) + " is expected.");
    }
    [[noreturn]] void out_of_range(double number, std::string_view expected) const {
        fail(field + " is " + in_full(number) + "; " + std::string(expected) + " is expected.");
    }

    const std::string& text() const {
        if (const auto* string = std::get_if<std::string>(&value)) return *string;
        mismatch("text");
    }
    const std::vector<std::string>& texts() const {
        if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
        mismatch("a list of texts");
    }
    /// With or without a fraction.
    double number(std::string_view expected) const {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
        if (const auto* fraction = std::get_if<double>(&value)) return *fraction;
        mismatch(expected);
    }
    double dollars() const {
        constexpr std::string_view expected = "an amount of US dollars above 0";
        const double amount = number(expected);
        if (!(amount > 0.0) || !std::isfinite(amount)) out_of_range(amount, expected);
        return amount;
    }
    std::int64_t tokens() const {
        constexpr std::string_view expected = "a number of tokens above 0";
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr) mismatch(expected);
        if (*number <= 0) out_of_range(static_cast<double>(*number), expected);
        return *number;
    }
    double share() const {
        constexpr std::string_view expected = "a number above 0 and at most 1";
        const double part = number(expected);
        if (!(part > 0.0) || part > 1.0) out_of_range(part, expected);
        return part;
    }
    bool flag() const {
        if (const auto* boolean = std::get_if<bool>(&value)) return *boolean;
        mismatch("true or false");
    }
    int count(int least, int most) const {
        const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr) mismatch(expected);
        if (*number < least || *number > most) out_of_range(static_cast<double>(*number), expected);
        return static_cast<int>(*number);
    }
    /// Seconds, with or without a fraction. What is more than nothing stays more than nothing.
    milliseconds span(bool zero_allowed) const {
        constexpr double most = 86'400.0;
        const std::string expected = std::string("a number of seconds ") + (zero_allowed ? "from 0" : "above 0") +
                                     " and at most " + in_full(most);
        const double seconds = number(expected);
        const bool enough = zero_allowed ? seconds >= 0.0 : seconds > 0.0;  // false for not-a-number
        if (!enough || seconds > most) out_of_range(seconds, expected);
        return milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000.0 - 1e-6)));
    }
};

template <class Config>
struct Field {
    std::string_view name;
    std::vector<std::string_view> aliases;
    void (*set)(Config&, const Given&);
};

const std::vector<Field<ProviderConfig>>& provider_fields() {
    static const std::vector<Field<ProviderConfig>> fields{
        {"api_key", {}, [](ProviderConfig& c, const Given& v) { c.api_key = Secret(v.text()); }},
        {"base_url", {}, [](ProviderConfig& c, const Given& v) { c.base_url = v.text(); }},
        {"api_version", {"azure_api_version"}, [](ProviderConfig& c, const Given& v) { c.api_version = v.text(); }},
        {"bedrock", {}, [](ProviderConfig& c, const Given& v) { c.bedrock = v.flag(); }},
        {"aws_region", {"bedrock_region"}, [](ProviderConfig& c, const Given& v) { c.aws_region = v.text(); }},
        {"vertex_ai", {"vertex_ai_anthropic"}, [](ProviderConfig& c, const Given& v) { c.vertex_ai = v.flag(); }},
        {"project",
         {"gcp_project", "vertex_ai_project"},
         [](ProviderConfig& c, const Given& v) { c.project = v.text(); }},
        {"location",
         {"gcp_location", "vertex_ai_region"},
         [](ProviderConfig& c, const Given& v) { c.location = v.text(); }},
        {"default_model", {"model_name"}, [](ProviderConfig& c, const Given& v) { c.default_model = v.text(); }},
        {"model_path", {}, [](ProviderConfig& c, const Given& v) { c.model_path = v.text(); }},
        {"aws_profile", {}, [](ProviderConfig& c, const Given& v) { c.aws_profile = v.text(); }},
        {"aws_access_key_id", {"aws_access_key"}, [](ProviderConfig& c, const Given& v) { c.aws_access_key_id = v.text(); }},
        {"aws_secret_access_key",
         {"aws_secret_key"},
         [](ProviderConfig& c, const Given& v) { c.aws_secret_access_key = Secret(v.text()); }},
        {"aws_session_token", {}, [](ProviderConfig& c, const Given& v) { c.aws_session_token = Secret(v.text()); }},
        {"aws_auth", {}, [](ProviderConfig& c, const Given& v) { c.aws_auth = v.text(); }},
        {"guardrail_id", {}, [](ProviderConfig& c, const Given& v) { c.guardrail_id = v.text(); }},
        {"guardrail_version", {}, [](ProviderConfig& c, const Given& v) { c.guardrail_version = v.text(); }},
        {"service_tier", {}, [](ProviderConfig& c, const Given& v) { c.service_tier = v.text(); }},
        {"quota_project", {}, [](ProviderConfig& c, const Given& v) { c.quota_project = v.text(); }},
        {"organization", {}, [](ProviderConfig& c, const Given& v) { c.organization = v.text(); }},
        {"azure_endpoint", {}, [](ProviderConfig& c, const Given& v) { c.azure_endpoint = v.text(); }},
        {"azure_deployment", {}, [](ProviderConfig& c, const Given& v) { c.azure_deployment = v.text(); }},
    };
    return fields;
}

const std::vector<Field<EngineConfig>>& engine_fields() {
    static const std::vector<Field<EngineConfig>> fields{
        {"orchestrator_model", {}, [](EngineConfig& c, const Given& v) { c.orchestrator_model = v.text(); }},
        {"worker_model", {}, [](EngineConfig& c, const Given& v) { c.worker_model = v.text(); }},
        {"max_retries", {}, [](EngineConfig& c, const Given& v) { c.max_retries = v.count(0, 7); }},
        {"retry_after_cap", {}, [](EngineConfig& c, const Given& v) { c.retry_after_cap = v.span(true); }},
        {"connect_timeout", {}, [](EngineConfig& c, const Given& v) { c.connect_timeout = v.span(false); }},
        {"idle_timeout", {}, [](EngineConfig& c, const Given& v) { c.idle_timeout = v.span(false); }},
        {"call_timeout", {}, [](EngineConfig& c, const Given& v) { c.call_timeout = v.span(false); }},
        {"io_threads", {}, [](EngineConfig& c, const Given& v) { c.io_threads = v.count(1, 64); }},
        {"tool_threads", {}, [](EngineConfig& c, const Given& v) { c.tool_threads = v.count(1, 1024); }},
        {"allow_thinking", {}, [](EngineConfig& c, const Given& v) { c.allow_thinking = v.flag(); }},
        {"models_path", {}, [](EngineConfig& c, const Given& v) { c.models_path = v.text(); }},
        {"fallback_models", {}, [](EngineConfig& c, const Given& v) { c.fallback_models = v.texts(); }},
        {"failover", {}, [](EngineConfig& c, const Given& v) { c.failover = v.flag(); }},
        {"failover_on_auth_error", {}, [](EngineConfig& c, const Given& v) { c.failover_on_auth_error = v.flag(); }},
        {"continue_in_midstream", {}, [](EngineConfig& c, const Given& v) { c.continue_in_midstream = v.flag(); }},
        {"hedge_after", {}, [](EngineConfig& c, const Given& v) { c.hedge_after = v.span(false); }},
        {"hedge_budget", {}, [](EngineConfig& c, const Given& v) { c.hedge_budget = v.share(); }},
    };
    return fields;
}

const std::vector<Field<Budgets>>& budget_fields() {
    static const std::vector<Field<Budgets>> fields{
        {"call_usd", {}, [](Budgets& b, const Given& v) { b.call.usd = v.dollars(); }},
        {"call_tokens", {}, [](Budgets& b, const Given& v) { b.call.tokens = v.tokens(); }},
        {"run_usd", {}, [](Budgets& b, const Given& v) { b.run.usd = v.dollars(); }},
        {"run_tokens", {}, [](Budgets& b, const Given& v) { b.run.tokens = v.tokens(); }},
        {"session_usd", {}, [](Budgets& b, const Given& v) { b.session.usd = v.dollars(); }},
        {"session_tokens", {}, [](Budgets& b, const Given& v) { b.session.tokens = v.tokens(); }},
        {"user_usd", {}, [](Budgets& b, const Given& v) { b.user.usd = v.dollars(); }},
        {"user_tokens", {}, [](Budgets& b, const Given& v) { b.user.tokens = v.tokens(); }},
        {"engine_usd", {}, [](Budgets& b, const Given& v) { b.engine.usd = v.dollars(); }},
        {"engine_tokens", {}, [](Budgets& b, const Given& v) { b.engine.tokens = v.tokens(); }},
    };
    return fields;
}

/// Keys of the documented interface whose part of the engine does not exist yet: no slip of the user's, never ignored.
constexpr std::array later_engine_keys{
    std::string_view("weight_persistence_path"),
    std::string_view("enterprise_config"),    std::string_view("tenant_id"),
    std::string_view("allowed_plugin_roots"), std::string_view("auth_manager"),
};

template <class Config>
Names names_of(const std::vector<Field<Config>>& fields, bool with_aliases) {
    Names names;
    for (const auto& field : fields) {
        names.emplace_back(field.name);
        if (with_aliases) names.insert(names.end(), field.aliases.begin(), field.aliases.end());
    }
    return names;
}

template <class Config>
void set(const std::vector<Field<Config>>& fields, Config& config, std::string_view path, std::string_view key,
         const ConfigValue& value) {
    for (const auto& field : fields) {
        if (key != field.name && std::find(field.aliases.begin(), field.aliases.end(), key) == field.aliases.end())
            continue;
        return field.set(config, {path.empty() ? std::string(key) : std::string(path) + "." + std::string(key), value});
    }
    throw_unknown_key(path, key, names_of(fields, true));
}

}  // namespace

void set_field(ProviderConfig& config, std::string_view path, std::string_view key, const ConfigValue& value) {
    set(provider_fields(), config, path, key, value);
}

void set_field(EngineConfig& config, std::string_view key, const ConfigValue& value) {
    if (key == "providers")
        fail("providers is " + std::string(kind_of(value)) + "; a table for each provider is expected.");
    if (key == "budgets")
        fail("budgets is " + std::string(kind_of(value)) + "; a table of limits is expected (session_usd, user_tokens, ...).");
    set(engine_fields(), config, {}, key, value);
}

void set_field(Budgets& budgets, std::string_view path, std::string_view key, const ConfigValue& value) {
    set(budget_fields(), budgets, path, key, value);
}

void throw_unknown_key(std::string_view path, std::string_view key, const std::vector<std::string>& known) {
    const std::string where = path.empty() ? std::string() : std::string(path) + ": ";
    if (path.empty() && std::find(later_engine_keys.begin(), later_engine_keys.end(), key) != later_engine_keys.end())
        fail(shown(key) + " is not available in this version of corteX. Remove it.");
    if (const auto near = nearest(key, known))
        fail(where + "unknown key " + shown(key) + ". Did you mean " + in_quotes(*near) + "?");
    std::string list;
    for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
    fail(where + "unknown key " + shown(key) + ". Known keys: " + list + ".");
}

std::vector<std::string> engine_field_names() { return names_of(engine_fields(), false); }
std::vector<std::string> provider_field_names() { return names_of(provider_fields(), false); }

}  // namespace cortex
