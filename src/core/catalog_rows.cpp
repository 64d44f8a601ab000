#include "core/catalog_rows.hpp"

#include "core/catalog_fields.hpp"
#include "core/catalog_names.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>

namespace json = boost::json;

namespace cortex {
namespace {

constexpr std::size_t longest_id = 256;

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

void read_thinking(CatalogFields& row, ThinkingRules& rules) {
    using WhenAbsent = ThinkingRules::WhenAbsent;
    bool cleared = false;
    if (auto table = row.table("thinking", cleared)) {
        if (table->has("types")) {
            std::vector<std::string> types;
            table->texts("types", types);
            for (std::size_t i = 0; i < types.size(); ++i)
                if (!contains({"enabled", "adaptive", "disabled", "between_tools"}, types[i]))
                    table->wrong("types[" + std::to_string(i) + "]",
                                 "is \"" + types[i] + "\"; enabled, adaptive, disabled or between_tools is expected.");
            rules.takes_budget = contains(types, "enabled");
            rules.takes_adaptive = contains(types, "adaptive");
            rules.takes_disabled = contains(types, "disabled");
            rules.takes_between_tools = contains(types, "between_tools");
        }
        table->choice<WhenAbsent>(
            "default_when_absent",
            {{"off", WhenAbsent::off}, {"on", WhenAbsent::on}, {"always_on", WhenAbsent::always_on}},
            rules.when_absent);
        table->boolean("keeps_earlier", rules.keeps_earlier);
        table->text("disabled_up_to_effort", rules.disabled_up_to_effort);
        if (table->has("interleaved")) {
            std::string interleaved;
            table->text("interleaved", interleaved);
            rules.interleaves_by_header = interleaved.starts_with("beta ");
        }
        enum class Display { summarized, omitted };
        Display display = rules.display_omitted ? Display::omitted : Display::summarized;
        table->choice<Display>(
            "display_default",
            {{"summarized", Display::summarized}, {"omitted", Display::omitted}, {"", Display::summarized}}, display);
        rules.display_omitted = display == Display::omitted;
        table->ignore({"types", "rejected_types"});
        table->finish();
    } else if (cleared) {
        rules = {};
    }
    row.boolean("thinking_bound_to_prefix", rules.bound_to_prefix);
}

void read_effort(CatalogFields& row, ModelInfo& model) {
    bool cleared = false;
    if (auto table = row.table("effort", cleared)) {
        table->texts("levels", model.effort_levels);
        table->text("default", model.default_effort);
        if (!model.default_effort.empty() && !contains(model.effort_levels, model.default_effort))
            table->wrong("default", "is \"" + model.default_effort + "\", which is not in its levels.");
        table->finish();
    } else if (cleared) {
        model.effort_levels.clear();
        model.default_effort.clear();
    }
}

/// OpenAI's and Google's way to say what Anthropic says with `thinking` and `effort`.
void read_reasoning(CatalogFields& row, ModelInfo& model) {
    enum class Kind { effort, thinking_level, budget_tokens };
    using WhenAbsent = ThinkingRules::WhenAbsent;
    bool cleared = false;
    auto table = row.table("reasoning", cleared);
    if (!table) return;
    Kind kind = Kind::effort;
    std::int64_t least = 0;
    std::int64_t most = 0;
    table->choice<Kind>(
        "kind",
        {{"effort", Kind::effort}, {"thinking_level", Kind::thinking_level}, {"budget_tokens", Kind::budget_tokens}},
        kind);
    table->texts("levels", model.effort_levels);
    table->text("default", model.default_effort);
    table->count("min", least);
    table->count("max", most);
    bool can_be_off = kind == Kind::budget_tokens ? least == 0 : contains(model.effort_levels, "none");
    bool off_by_default = can_be_off && model.default_effort == "none";
    table->boolean("can_be_off", can_be_off);
    table->boolean("off_by_default", off_by_default);
    table->finish();
    model.thinking.takes_budget = kind == Kind::budget_tokens;
    model.thinking.takes_disabled = kind == Kind::budget_tokens && can_be_off;
    model.thinking.by_word = kind != Kind::budget_tokens;
    model.thinking.most_budget = most;
    model.thinking.when_absent = !can_be_off ? WhenAbsent::always_on : off_by_default ? WhenAbsent::off : WhenAbsent::on;
}

void read_price_row(CatalogFields& table, PriceRow& prices) {
    table.price("input", prices.input);
    table.price("output", prices.output);
    table.price("cache_read", prices.cache_read);
    table.price("cache_write_5m", prices.cache_write_5m);
    table.price("cache_write_1h", prices.cache_write_1h);
}

void read_prices(CatalogFields& row, Prices& prices) {
    bool cleared = false;
    if (auto table = row.table("price_usd_per_mtok", cleared)) {
        read_price_row(*table, prices.base);
        bool no_tier = false;
        if (auto tier = table->table("long_prompt_tier", no_tier)) {
            tier->count("above_prompt_tokens", prices.long_prompt_above);
            read_price_row(*tier, prices.long_prompt);
            tier->price("cache_write", prices.long_prompt.cache_write_5m);
            tier->ignore({"applies_to"});
            if (prices.long_prompt_above == 0)
                tier->wrong("above_prompt_tokens", "is missing; a number of tokens is expected.");
            tier->finish();
        } else if (no_tier) {
            prices.long_prompt_above = 0;
            prices.long_prompt = {};
        }
        table->ignore({"batch_input", "batch_output"});
        table->finish();
    } else if (cleared) {
        prices = {};
    }
}

void read_clouds(CatalogFields& row, ModelInfo& model) {
    bool cleared = false;
    if (auto table = row.table("bedrock", cleared)) {
        table->text("invoke_model_base_id", model.bedrock_id);
        table->texts("profile_prefixes", model.bedrock_prefixes);
        table->boolean("needs_profile_prefix", model.bedrock_needs_prefix);
        table->text("mantle_id", model.bedrock_mantle_id);
        table->finish();
    } else if (cleared) {
        model.bedrock_id.clear();
        model.bedrock_prefixes.clear();
        model.bedrock_needs_prefix = false;
        model.bedrock_mantle_id.clear();
    }
    row.text("vertex_id", model.vertex_id);
    row.boolean("vertex_regional", model.vertex_regional);
}

void read_sampling(CatalogFields& row, SamplingRules& rules) {
    bool cleared = false;
    if (auto table = row.table("sampling_params", cleared)) {
        table->boolean("temperature", rules.temperature);
        table->boolean("top_p", rules.top_p);
        table->boolean("top_k", rules.top_k);
        table->boolean("temperature_and_top_p_together", rules.temperature_with_top_p);
        table->ignore({"allowed_with_effort", "when_sent"});
        table->finish();
    } else if (cleared) {
        rules = {};
    }
}

void read_row(CatalogFields& row, ModelInfo& model) {
    row.text("provider", model.provider);
    if (model.provider.empty())
        row.wrong("provider", "is missing; anthropic, openai, gemini, local or your own name for one is expected.");
    row.texts("aliases", model.aliases);
    row.text("display_name", model.display_name);
    row.choice<Standing>("standing",
                         {{"frontier", Standing::frontier},
                          {"balanced", Standing::balanced},
                          {"fast", Standing::fast},
                          {"", Standing::none}},
                         model.standing);
    row.choice<Lifecycle>("status",
                          {{"active", Lifecycle::active},
                           {"limited", Lifecycle::limited},
                           {"deprecated", Lifecycle::deprecated},
                           {"retired", Lifecycle::retired}},
                          model.lifecycle);
    row.date("deprecated_at", model.deprecated_at);
    row.date("retires_at", model.retires_at);
    row.text("successor", model.successor);
    row.count("context_window", model.context_window);
    row.count("max_output_tokens", model.max_output_tokens);
    if (row.has("input_modalities")) {
        std::vector<std::string> modalities;
        row.texts("input_modalities", modalities);
        model.vision = contains(modalities, "image");
        model.pdf = contains(modalities, "pdf");
    }
    row.boolean("vision", model.vision);
    row.boolean("tool_use", model.tool_use);
    row.boolean("tools_by_schema", model.tools_by_schema);
    row.boolean("assistant_prefill", model.assistant_prefill);
    row.boolean("forced_tool_choice", model.forced_tool_choice);
    row.choice<OpenAiApi>("openai_api", {{"chat", OpenAiApi::chat}, {"responses", OpenAiApi::responses}}, model.openai_api);
    row.count("min_cacheable_tokens", model.min_cacheable_tokens);
    read_thinking(row, model.thinking);
    read_effort(row, model);
    if (const std::string& cap = model.thinking.disabled_up_to_effort;
        !cap.empty() && !contains(model.effort_levels, cap))
        row.wrong("thinking.disabled_up_to_effort", "is \"" + cap + "\", which is not among the effort levels.");
    read_reasoning(row, model);
    read_sampling(row, model.sampling);
    read_prices(row, model.prices);
    read_clouds(row, model);
    // What longer lists of models carry and this version does not read.
    row.ignore({"id", "input_modalities", "released", "retires_not_before", "max_output_tokens_batch_beta",
                "max_input_tokens", "output_modalities", "structured_outputs", "mid_conversation_system",
                "fast_mode_price_usd_per_mtok", "notes", "unconfirmed", "sources"});
    row.finish();
}

ErrorInfo bad_catalog(std::string_view origin, std::string what) {
    const std::string name = origin.empty() ? "The model catalogue" : std::string(origin);
    return {.code = ErrorCode::config, .message = name + std::move(what)};
}

}  // namespace

ModelInfo stand_in(std::string_view id, std::string_view provider) {
    ModelInfo model;
    model.id = id;
    model.provider = provider;
    model.display_name = id;
    model.known = false;
    model.context_window = 200'000;
    model.max_output_tokens = 8'192;
    // Abilities are assumed: a vendor's own refusal says more than a guess of ours.
    model.vision = true;
    model.pdf = true;
    model.tool_use = true;
    // OpenAI's models since GPT-5 reason, and reasoning models take tools on the Responses API only.
    const bool older = id.starts_with("gpt-4") || id.starts_with("gpt-3") || id.starts_with("chatgpt-4");
    if (provider == "openai" && !older) model.openai_api = OpenAiApi::responses;
    return model;
}

Result<void> read_rows(std::string_view text, std::string_view origin, std::vector<ModelInfo>& models) {
    json::monotonic_resource memory(2 * text.size() + 1024);
    json::parser parser(&memory);
    boost::system::error_code failure;
    const std::size_t read = parser.write_some(text.data(), text.size(), failure);
    if (!failure && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos)
        failure = json::error::extra_data;
    if (failure) {
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(read, text.size())), '\n');
        return bad_catalog(origin, " is not valid JSON (line " + std::to_string(line) + ": " + failure.message() +
                                       "). A list of models is expected: [{\"id\": ..., ...}].");
    }
    const json::value document = parser.release();
    const json::array* rows = document.if_array();
    if (rows == nullptr)
        return bad_catalog(origin, " is not a list. A list of models is expected: [{\"id\": ..., ...}].");

    for (std::size_t i = 0; i < rows->size(); ++i) {
        const std::string where = ", row " + std::to_string(i + 1);
        const json::object* object = (*rows)[i].if_object();
        if (object == nullptr)
            return bad_catalog(origin, where + ", is not an object. One with an \"id\" is expected.");
        std::optional<std::string> problem;
        CatalogFields row(*object, "", problem);
        std::string id;
        row.text("id", id);
        if (!problem && (id.empty() || id.size() > longest_id))
            row.wrong("id", "is missing or too long; the model's id is expected.");
        if (problem) return bad_catalog(origin, where + ": " + *problem);

        auto model =
            std::find_if(models.begin(), models.end(), [&](const ModelInfo& known) { return answers_to(known, id); });
        if (model == models.end()) {
            models.push_back(stand_in(id, {}));
            models.back().known = true;
            model = std::prev(models.end());
        }
        read_row(row, *model);
        if (problem) return bad_catalog(origin, where + " (" + id + "): " + *problem);
    }
    return {};
}

std::optional<std::chrono::sys_days> parse_iso_date(std::string_view text) noexcept {
    constexpr std::string_view shape = "0000-00-00";
    if (text.size() != shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return std::nullopt;
    const auto digits = [&](std::size_t at, std::size_t n) {
        int value = 0;
        for (const char c : text.substr(at, n)) value = value * 10 + (c - '0');
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(digits(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(digits(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(digits(8, 2)))};
    if (!day.ok()) return std::nullopt;
    return std::chrono::sys_days(day);
}

}  // namespace cortex
