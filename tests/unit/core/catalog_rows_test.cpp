#include "core/catalog_rows.hpp"

#include "catalog_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace cortex;
using WhenAbsent = ThinkingRules::WhenAbsent;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;

TEST(CatalogRows, load_and_hold_together) {
    const auto catalog = catalog_with();
    ASSERT_GE(catalog->models().size(), 63u);
    std::set<std::string> names;
    for (const ModelInfo& model : catalog->models()) {
        SCOPED_TRACE(model.id);
        EXPECT_TRUE(model.known);
        EXPECT_THAT(model.provider, AnyOf("anthropic", "openai", "gemini", "local"));
        EXPECT_FALSE(model.display_name.empty());
        EXPECT_GT(model.context_window, 0);
        EXPECT_LE(model.max_output_tokens, model.context_window);
        EXPECT_NE(model.standing, Standing::none);
        EXPECT_TRUE(names.insert(model.id).second);
        for (const std::string& alias : model.aliases) EXPECT_TRUE(names.insert(alias).second) << alias;
        if (!model.successor.empty()) {
            EXPECT_NE(catalog->find(model.successor), nullptr);
        }
        if (!model.retires_at.empty()) {
            EXPECT_TRUE(parse_iso_date(model.retires_at).has_value());
        }
        if (!model.default_effort.empty()) {
            EXPECT_THAT(model.effort_levels, Contains(model.default_effort));
        }
        if (model.lifecycle != Lifecycle::limited && model.id != "claude-mythos-preview") {
            EXPECT_TRUE(model.prices.base.input.has_value());
            EXPECT_TRUE(model.prices.base.output.has_value());
        }
        if (model.prices.long_prompt_above > 0) {
            EXPECT_GT(*model.prices.long_prompt.input, *model.prices.base.input);
        }
    }
}

const std::vector<std::string> three{"low", "medium", "high"};
const std::vector<std::string> four{"low", "medium", "high", "max"};
const std::vector<std::string> five{"low", "medium", "high", "xhigh", "max"};

struct Claude {
    std::string id;
    std::string thinking;   ///< b(udget) a(daptive) d(isabled) t(between tools)
    WhenAbsent absent;
    std::vector<std::string> efforts;
    std::string effort;
    bool samples;           ///< temperature, top_p, top_k are taken
    bool bound;
    bool keeps;
};

/// What each Claude takes, written down a second time from the vendor's own tables.
const std::vector<Claude> claudes{
    {"claude-fable-5-2", "a", WhenAbsent::always_on, five, "high", false, true, true},
    {"claude-mythos-5-2", "a", WhenAbsent::always_on, five, "high", false, true, true},
    {"claude-fable-5-1", "a", WhenAbsent::always_on, five, "high", false, true, true},
    {"claude-mythos-5-1", "a", WhenAbsent::always_on, five, "high", false, false, true},
    {"claude-fable-5", "a", WhenAbsent::always_on, five, "high", false, false, true},
    {"claude-mythos-5", "a", WhenAbsent::always_on, five, "high", false, false, true},
    {"claude-mythos-preview", "ba", WhenAbsent::always_on, {}, "", false, false, true},
    {"claude-opus-5-5", "a", WhenAbsent::always_on, five, "medium", false, true, true},
    {"claude-opus-5", "ad", WhenAbsent::on, five, "high", false, false, true},
    {"claude-opus-4-8", "ad", WhenAbsent::off, five, "high", false, false, true},
    {"claude-opus-4-7", "ad", WhenAbsent::off, five, "high", false, false, true},
    {"claude-opus-4-6", "bad", WhenAbsent::off, four, "high", true, false, true},
    {"claude-opus-4-5", "bd", WhenAbsent::off, three, "high", true, false, true},
    {"claude-sonnet-5-5", "at", WhenAbsent::on, five, "high", false, true, true},
    {"claude-sonnet-5", "ad", WhenAbsent::on, five, "high", false, false, true},
    {"claude-sonnet-4-6", "bad", WhenAbsent::off, four, "high", true, false, true},
    {"claude-sonnet-4-5", "bd", WhenAbsent::off, {}, "", true, false, false},
    {"claude-haiku-5-5", "ad", WhenAbsent::on, five, "medium", false, true, true},
    {"claude-haiku-4-5", "bd", WhenAbsent::off, {}, "", true, false, false},
};

TEST(CatalogRows, each_claude_takes_what_its_vendor_says) {
    const auto catalog = catalog_with();
    std::size_t rows = 0;
    for (const ModelInfo& model : catalog->models()) rows += model.provider == "anthropic" ? 1U : 0U;
    EXPECT_EQ(rows, claudes.size());
    for (const Claude& claude : claudes) {
        SCOPED_TRACE(claude.id);
        const ModelInfo* model = catalog->find(claude.id);
        ASSERT_NE(model, nullptr);
        std::string thinking;
        if (model->thinking.takes_budget) thinking += 'b';
        if (model->thinking.takes_adaptive) thinking += 'a';
        if (model->thinking.takes_disabled) thinking += 'd';
        if (model->thinking.takes_between_tools) thinking += 't';
        EXPECT_EQ(thinking, claude.thinking);
        EXPECT_EQ(model->thinking.when_absent, claude.absent);
        EXPECT_EQ(model->thinking.bound_to_prefix, claude.bound);
        EXPECT_EQ(model->thinking.keeps_earlier, claude.keeps);
        EXPECT_EQ(model->effort_levels, claude.efforts);
        EXPECT_EQ(model->default_effort, claude.effort);
        EXPECT_EQ(model->sampling.temperature, claude.samples);
        EXPECT_EQ(model->sampling.top_p, claude.samples);
        EXPECT_EQ(model->sampling.top_k, claude.samples);
        EXPECT_FALSE(model->sampling.temperature_with_top_p);   // refused by every Claude in the list
        EXPECT_TRUE(model->vision);
        EXPECT_TRUE(model->pdf);
        EXPECT_TRUE(model->tool_use);
    }
}

TEST(CatalogRows, know_whose_thinking_is_shown_who_interleaves_by_header_and_who_is_off_with_little_effort_only) {
    const auto catalog = catalog_with();
    const std::set<std::string> shows{"claude-opus-4-6", "claude-opus-4-5", "claude-sonnet-4-6", "claude-sonnet-4-5",
                                      "claude-haiku-4-5"};
    const std::set<std::string> by_header{"claude-opus-4-5", "claude-sonnet-4-5"};
    const std::set<std::string> little_effort{"claude-opus-5", "claude-haiku-5-5"};
    for (const Claude& claude : claudes) {
        SCOPED_TRACE(claude.id);
        const ThinkingRules& rules = catalog->find(claude.id)->thinking;
        EXPECT_EQ(rules.display_omitted, !shows.contains(claude.id));
        EXPECT_EQ(rules.interleaves_by_header, by_header.contains(claude.id));
        EXPECT_EQ(rules.disabled_up_to_effort, little_effort.contains(claude.id) ? "high" : "");
    }
    EXPECT_FALSE(catalog->find("gpt-5.4")->thinking.display_omitted);
}

TEST(CatalogRows, refuse_an_effort_cap_that_is_no_level) {
    const auto catalog =
        Catalog::load(R"([{"id": "claude-opus-5", "thinking": {"disabled_up_to_effort": "some"}}])", "models.json");
    ASSERT_FALSE(catalog.has_value());
    EXPECT_THAT(catalog.error().message, testing::HasSubstr("thinking.disabled_up_to_effort is \"some\""));
}

TEST(CatalogRows, have_windows_and_prices_in_whole_units) {
    const auto catalog = catalog_with();
    const ModelInfo* sonnet = catalog->find("claude-sonnet-4-5");
    ASSERT_NE(sonnet, nullptr);
    EXPECT_EQ(sonnet->context_window, 200'000);
    EXPECT_EQ(sonnet->max_output_tokens, 64'000);
    EXPECT_EQ(sonnet->prices.base.input, 3'000'000);
    EXPECT_EQ(sonnet->prices.base.output, 15'000'000);
    EXPECT_EQ(sonnet->prices.base.cache_read, 300'000);
    EXPECT_EQ(sonnet->prices.base.cache_write_5m, 3'750'000);
    EXPECT_EQ(sonnet->prices.base.cache_write_1h, 6'000'000);
    EXPECT_EQ(sonnet->prices.long_prompt_above, 0);
    EXPECT_EQ(sonnet->min_cacheable_tokens, 1024);
    EXPECT_EQ(catalog->find("claude-opus-4-6")->context_window, 1'000'000);
}

TEST(CatalogRows, know_the_one_claude_with_a_price_for_long_prompts) {
    const auto catalog = catalog_with();
    for (const ModelInfo& model : catalog->models())
        if (model.provider == "anthropic") {
            EXPECT_EQ(model.prices.long_prompt_above, model.id == "claude-haiku-5-5" ? 100'000 : 0) << model.id;
        }
    EXPECT_EQ(catalog->find("claude-haiku-5-5")->prices.long_prompt.cache_read, 50'000);
    EXPECT_EQ(catalog->find("gpt-6.2-sol")->prices.long_prompt.cache_write_5m,
              5'000'000);   // `cache_write` in the vendor's list
}

TEST(CatalogRows, keep_unknown_figures_unknown) {
    const auto catalog = catalog_with();
    const ModelInfo* preview = catalog->find("claude-mythos-preview");
    EXPECT_EQ(preview->max_output_tokens, 0);
    EXPECT_EQ(preview->prices.base.input, std::nullopt);
    EXPECT_EQ(catalog->find("gpt-4o")->prices.base.cache_write_5m, std::nullopt);
}

TEST(CatalogRows, say_of_the_other_vendors_when_a_model_thinks) {
    const auto catalog = catalog_with();
    EXPECT_EQ(catalog->find("gpt-5.4")->thinking.when_absent, WhenAbsent::off);         // its default effort is none
    EXPECT_EQ(catalog->find("gpt-6-sol")->thinking.when_absent, WhenAbsent::on);        // none can be asked for
    EXPECT_EQ(catalog->find("gpt-6.2-sol")->thinking.when_absent, WhenAbsent::always_on);
    EXPECT_EQ(catalog->find("gpt-4.1")->thinking.when_absent, WhenAbsent::off);         // it cannot think
    EXPECT_TRUE(catalog->find("gpt-4.1")->effort_levels.empty());
    EXPECT_TRUE(catalog->find("gemini-2.5-flash")->thinking.takes_budget);
    EXPECT_TRUE(catalog->find("gemini-2.5-flash")->thinking.takes_disabled);            // a budget of 0
    EXPECT_FALSE(catalog->find("gemini-2.5-pro")->thinking.takes_disabled);
    EXPECT_THAT(catalog->find("gemini-4-neon")->effort_levels, ElementsAre("low", "medium", "high", "xhigh"));
}

TEST(CatalogRows, hold_the_small_local_models_at_no_price) {
    const auto catalog = catalog_with();
    for (const char* id : {"qwen2.5-coder-1.5b-instruct", "smollm2-135m-instruct"}) {
        const ModelInfo* model = catalog->find(id);
        ASSERT_NE(model, nullptr) << id;
        EXPECT_EQ(model->provider, "local");
        EXPECT_EQ(model->context_window, 4096);
        EXPECT_EQ(model->prices.base.input, 0);
        EXPECT_EQ(model->prices.base.output, 0);
        EXPECT_FALSE(model->tool_use);
        EXPECT_EQ(model->tools_by_schema, model->id == "qwen2.5-coder-1.5b-instruct");
        EXPECT_FALSE(model->vision);
        EXPECT_EQ(model->thinking.when_absent, WhenAbsent::off);
    }
}

TEST(CatalogRows, place_each_family) {
    const auto catalog = catalog_with();
    const std::map<std::string, Standing> places{{"claude-opus-4-8", Standing::frontier},
                                                 {"claude-fable-5-2", Standing::frontier},
                                                 {"claude-sonnet-5-5", Standing::balanced},
                                                 {"claude-haiku-5-5", Standing::fast},
                                                 {"gpt-6.2-astra", Standing::frontier},
                                                 {"gpt-6.2-sol", Standing::balanced},
                                                 {"gpt-6-luna", Standing::fast},
                                                 {"gpt-4o-mini", Standing::fast},
                                                 {"gemini-2.5-pro", Standing::frontier},
                                                 {"gemini-2.5-flash", Standing::balanced},
                                                 {"gemini-2.5-flash-lite", Standing::fast}};
    for (const auto& [id, standing] : places) EXPECT_EQ(catalog->find(id)->standing, standing) << id;
}

TEST(IsoDate, takes_days_that_exist_in_one_form) {
    EXPECT_EQ(parse_iso_date("1970-01-02"), std::chrono::sys_days(std::chrono::days(1)));
    EXPECT_TRUE(parse_iso_date("2028-02-29").has_value());
    for (const char* text : {"", "2026-11-3", "2026-11-300", "2026-02-29", "2026-13-01", "2026-00-01", "2026-11-31",
                             "26-11-30x", "2026/11/30", "+026-11-30"})
        EXPECT_EQ(parse_iso_date(text), std::nullopt) << text;
}

}  // namespace
