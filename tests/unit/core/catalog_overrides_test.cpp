#include "catalog_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace cortex;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CatalogOverrides, replace_the_fields_that_they_name_and_no_others) {
    const ModelInfo before = *catalog_with()->find("claude-haiku-4-5");
    const auto catalog =
        catalog_with(R"([{"id":"claude-haiku-4-5","context_window":300000,"price_usd_per_mtok":{"output":7.5},
                                           "thinking":{"types":["adaptive"]},"sampling_params":{"top_k":false}}])");
    const ModelInfo after = *catalog->find("claude-haiku-4-5");
    EXPECT_EQ(after.context_window, 300'000);
    EXPECT_EQ(after.prices.base.output, 7'500'000);
    EXPECT_TRUE(after.thinking.takes_adaptive);
    EXPECT_FALSE(after.thinking.takes_budget);   // a list is replaced as a whole
    EXPECT_FALSE(after.sampling.top_k);
    EXPECT_EQ(after.max_output_tokens, before.max_output_tokens);
    EXPECT_EQ(after.prices.base.input, before.prices.base.input);
    EXPECT_EQ(after.thinking.when_absent, before.thinking.when_absent);
    EXPECT_EQ(after.sampling.temperature, before.sampling.temperature);
    EXPECT_EQ(after.bedrock_id, before.bedrock_id);
    EXPECT_EQ(after.provider, before.provider);
    EXPECT_EQ(catalog->models().size(), catalog_with()->models().size());
}

TEST(CatalogOverrides, find_their_row_by_alias_and_by_cloud_name) {
    for (const std::string name :
         {"claude-haiku-4-5-20251001", "claude-haiku-4-5@20251001", "anthropic.claude-haiku-4-5-20251001-v1:0"}) {
        const auto catalog = catalog_with(R"([{"id":")" + name + R"(","context_window":1}])");
        EXPECT_EQ(catalog->find("claude-haiku-4-5")->context_window, 1) << name;
        EXPECT_EQ(catalog->find("claude-haiku-4-5")->id, "claude-haiku-4-5");
    }
}

TEST(CatalogOverrides, add_a_model_of_the_users_own) {
    const auto catalog =
        catalog_with(R"([{"id":"acme-1","provider":"acme","aliases":["acme"],"input_modalities":["text"],
                                           "price_usd_per_mtok":{"input":0.5,"output":1}}])");
    const ModelInfo* model = catalog->find("acme");
    ASSERT_NE(model, nullptr);
    EXPECT_TRUE(model->known);
    EXPECT_EQ(model->id, "acme-1");
    EXPECT_EQ(model->display_name, "acme-1");
    EXPECT_EQ(model->context_window, 200'000);   // what is not said is assumed as for an unknown id
    EXPECT_EQ(model->max_output_tokens, 8'192);
    EXPECT_EQ(model->prices.base.input, 500'000);
    EXPECT_EQ(model->prices.base.cache_read, std::nullopt);
    EXPECT_FALSE(model->vision);
    EXPECT_FALSE(model->pdf);
    EXPECT_EQ(&catalog->models().back(), model);
}

TEST(CatalogOverrides, null_makes_a_figure_unknown_and_takes_a_rule_away) {
    const auto catalog = catalog_with(
        R"([{"id":"claude-haiku-5-5","price_usd_per_mtok":{"cache_read":null,"long_prompt_tier":null},"effort":null,
                                           "thinking":null,"bedrock":null,"max_output_tokens":null,"vertex_id":null,"sampling_params":null},
                                          {"id":"claude-opus-5","price_usd_per_mtok":null}])");
    const ModelInfo* haiku = catalog->find("claude-haiku-5-5");
    EXPECT_EQ(haiku->prices.base.cache_read, std::nullopt);
    EXPECT_EQ(haiku->prices.base.input, 100'000);
    EXPECT_EQ(haiku->prices.long_prompt_above, 0);
    EXPECT_TRUE(haiku->effort_levels.empty());
    EXPECT_TRUE(haiku->default_effort.empty());
    EXPECT_FALSE(haiku->thinking.takes_adaptive);
    EXPECT_EQ(haiku->max_output_tokens, 0);
    EXPECT_EQ(haiku->bedrock_id, "");
    EXPECT_EQ(haiku->vertex_id, "");
    EXPECT_EQ(catalog->find("claude-opus-5")->prices.base.input, std::nullopt);
    EXPECT_EQ(catalog->find("anthropic.claude-haiku-5-5"), nullptr);
}

TEST(CatalogOverrides, a_later_row_of_the_same_id_goes_over_an_earlier_one) {
    EXPECT_EQ(
        catalog_with(R"([{"id":"o3","context_window":1},{"id":"o3","context_window":2}])")->find("o3")->context_window,
        2);
}

TEST(CatalogOverrides, cannot_take_the_name_of_a_built_in_row) {
    const auto catalog = catalog_with(R"([{"id":"acme-1","provider":"acme","aliases":["claude-sonnet-4-5"]}])");
    EXPECT_EQ(catalog->find("claude-sonnet-4-5")->provider, "anthropic");
}

TEST(CatalogOverrides, pass_over_columns_that_only_people_read) {
    const auto catalog = catalog_with(
        R"([{"id":"o3","notes":["n"],"sources":["s"],"unconfirmed":[],"released":"2025-04-16","structured_outputs":true,
        "max_input_tokens":null,"output_modalities":["text"],"price_usd_per_mtok":{"batch_input":1.0,"long_prompt_tier":null}}])");
    EXPECT_EQ(catalog->find("o3")->prices.base.input, 2'000'000);
}

TEST(CatalogOverrides, an_empty_list_changes_nothing) {
    EXPECT_EQ(catalog_with("[]")->models().size(), catalog_with()->models().size());
}

TEST(CatalogOverrides, name_what_is_wrong_and_where) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[{\"id\":\"o3\",\n \"context_window\" 5}]", "models.json is not valid JSON (line 2: "},
        {"[] []", "models.json is not valid JSON (line 1: "},
        {"  ", "models.json is not valid JSON (line 1: "},
        {"{\"id\":\"o3\"}", "models.json is not a list."},
        {"[5]", "models.json, row 1, is not an object."},
        {R"([{"id":"o3"},{"context_window":5}])", "models.json, row 2: id is missing"},
        {R"([{"id":7}])", "models.json, row 1: id is a number; text is expected."},
        {R"([{"id":"o3","contxt_window":5}])",
         R"(models.json, row 1 (o3): contxt_window is no known field. Did you mean "context_window"?)"},
        {R"([{"id":"o3","zzzzzzzzz":5}])", "models.json, row 1 (o3): zzzzzzzzz is no known field."},
        {R"([{"id":"o3","context_window":"5"}])",
         "models.json, row 1 (o3): context_window is text; a whole number of 0 or more is expected."},
        {R"([{"id":"o3","context_window":-5}])", "context_window is out of range"},
        {R"([{"id":"o3","context_window":5.5}])", "context_window is out of range"},
        {R"([{"id":"o3","max_output_tokens":1e300}])", "max_output_tokens is out of range"},
        {R"([{"id":"o3","vision":null}])", "vision is null; true or false is expected."},
        {R"([{"id":"o3","aliases":"x"}])", "aliases is text; a list of texts is expected."},
        {R"([{"id":"o3","aliases":["x",5]}])", "aliases[1] is a number; text is expected."},
        {R"([{"id":"o3","status":"gone"}])",
         R"(status is "gone"; active, limited, deprecated or retired is expected.)"},
        {R"([{"id":"o3","standing":5}])", "standing is a number; frontier, balanced, fast"},
        {R"([{"id":"o3","retires_at":"soon"}])", R"(retires_at is "soon"; a day like 2026-11-30 is expected.)"},
        {R"([{"id":"o3","retires_at":"2026-02-30"}])", "retires_at is \"2026-02-30\""},
        {R"([{"id":"o3","thinking":[]}])", "thinking is a list; an object is expected."},
        {R"([{"id":"o3","thinking":{"types":["enabled","deep"]}}])",
         R"(thinking.types[1] is "deep"; enabled, adaptive,)"},
        {R"([{"id":"o3","thinking":{"default_when_absent":"yes"}}])",
         R"(thinking.default_when_absent is "yes"; off, on or always_on is expected.)"},
        {R"([{"id":"o3","effort":{"default":"extreme"}}])",
         R"(effort.default is "extreme", which is not in its levels.)"},
        {R"([{"id":"o3","price_usd_per_mtok":{"input":"2"}}])",
         "price_usd_per_mtok.input is text; a price in US dollars"},
        {R"([{"id":"o3","price_usd_per_mtok":{"input":-2}}])", "price_usd_per_mtok.input is out of range"},
        {R"([{"id":"o3","price_usd_per_mtok":{"ouput":2}}])",
         R"(price_usd_per_mtok.ouput is no known field. Did you mean "output"?)"},
        {R"([{"id":"o3","price_usd_per_mtok":{"long_prompt_tier":{"input":2}}}])",
         "price_usd_per_mtok.long_prompt_tier.above_prompt_tokens is missing"},
        {R"([{"id":"new"}])", "models.json, row 1 (new): provider is missing"},
        {R"([{"id":""}])", "models.json, row 1: id is missing"},
    };
    for (const auto& [text, expected] : cases) {
        const auto catalog = Catalog::load(text, "models.json");
        ASSERT_FALSE(catalog.has_value()) << text;
        EXPECT_EQ(catalog.error().code, ErrorCode::config);
        EXPECT_THAT(catalog.error().message, HasSubstr(expected)) << text;
    }
}

TEST(CatalogOverrides, name_themselves_even_without_an_origin) {
    EXPECT_THAT(Catalog::load("5").error().message, HasSubstr("The model catalogue is not a list."));
}

}  // namespace
