#include "core/catalog_names.hpp"

#include "catalog_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace cortex;

std::string found(std::string_view id) {
    static const auto catalog = catalog_with();
    const ModelInfo* model = catalog->find(id);
    return model == nullptr ? "" : model->id;
}

std::string suggested(std::string_view id) {
    static const auto catalog = catalog_with();
    return catalog->suggest(id).value_or("");
}

TEST(CatalogFind, knows_ids_and_aliases) {
    EXPECT_EQ(found("claude-sonnet-4-5"), "claude-sonnet-4-5");
    EXPECT_EQ(found("claude-sonnet-4-5-20250929"), "claude-sonnet-4-5");
    EXPECT_EQ(found("gpt-5.6"), "gpt-5.6-sol");
    EXPECT_EQ(found("qwen2.5-coder-1.5b-instruct"), "qwen2.5-coder-1.5b-instruct");
}

TEST(CatalogFind, knows_every_name_that_a_cloud_gives_a_row) {
    const auto catalog = catalog_with();
    for (const ModelInfo& model : catalog->models()) {
        SCOPED_TRACE(model.id);
        if (!model.vertex_id.empty()) {
            EXPECT_EQ(found(model.vertex_id), model.id);
        }
        if (!model.bedrock_mantle_id.empty()) {
            EXPECT_EQ(found(model.bedrock_mantle_id), model.id);
        }
        if (model.bedrock_id.empty()) continue;
        EXPECT_EQ(found(model.bedrock_id), model.id);
        for (const std::string& prefix : model.bedrock_prefixes)
            EXPECT_EQ(found(prefix + "." + model.bedrock_id), model.id);
    }
}

TEST(CatalogFind, knows_cloud_names_as_the_clouds_print_them) {
    EXPECT_EQ(found("anthropic.claude-sonnet-4-5-20250929-v1:0"), "claude-sonnet-4-5");
    EXPECT_EQ(found("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), "claude-sonnet-4-5");
    EXPECT_EQ(found("us-gov.anthropic.claude-opus-5-5"), "claude-opus-5-5");
    EXPECT_EQ(found("global.anthropic.claude-opus-4-6-v1"), "claude-opus-4-6");
    EXPECT_EQ(found("claude-sonnet-4-5@20250929"), "claude-sonnet-4-5");
    EXPECT_EQ(found("claude-sonnet-4-5@default"), "claude-sonnet-4-5");
}

TEST(CatalogFind, knows_dated_snapshots_and_fine_tuned_models_of_openai) {
    EXPECT_EQ(found("gpt-5.4-mini-2026-03-17"), "gpt-5.4-mini");
    EXPECT_EQ(found("gpt-6.2-sol-2026-11-17"), "gpt-6.2-sol");   // not an alias of the row
    EXPECT_EQ(found("ft:gpt-4.1:my-org::abc123"), "gpt-4.1");
    EXPECT_EQ(found("ft:gpt-4o-mini-2024-07-18:my-org:name:abc123"), "gpt-4o-mini");
}

TEST(CatalogFind, never_guesses) {
    for (const std::string id : {"",
                                 "claude",
                                 "claude-sonnet",
                                 "claude-sonnet-9",
                                 "claude-sonnet-4-5-20250514",
                                 "claude-sonnet-4-5@20250514",
                                 "claude-opus-4-6-20260205",
                                 "anthropic.claude-sonnet-4-5-20250514-v1:0",
                                 "anthropic.claude-sonnet-4-5",
                                 "us.claude-sonnet-4-5",
                                 "claude-sonnet-4-5-2025-09-29",
                                 "CLAUDE-SONNET-4-5",
                                 " claude-sonnet-4-5",
                                 "ft:claude-sonnet-4-5:x",
                                 "ft:",
                                 "ft:ft:gpt-4.1",
                                 "gpt-4.1-2025-4-14",
                                 "gpt-4.1-2025-04-1x",
                                 "claude-sonnet-4-5@",
                                 "@default",
                                 ".anthropic.claude-fable-5",
                                 "-2026-03-17"})
        EXPECT_EQ(found(id), "") << id;
    EXPECT_EQ(found(std::string(100'000, 'x')), "");
}

TEST(CatalogDescribe, takes_the_row_of_a_known_id) {
    const ModelInfo model = catalog_with()->describe("us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic");
    EXPECT_TRUE(model.known);
    EXPECT_EQ(model.id, "claude-haiku-4-5");
}

TEST(CatalogDescribe, stands_in_for_an_id_that_nobody_knows) {
    const ModelInfo model = catalog_with()->describe("claude-next-7", "anthropic");
    EXPECT_FALSE(model.known);
    EXPECT_EQ(model.id, "claude-next-7");
    EXPECT_EQ(model.provider, "anthropic");
    EXPECT_EQ(model.context_window, 200'000);
    EXPECT_EQ(model.max_output_tokens, 8'192);
    EXPECT_EQ(model.prices.base.input, std::nullopt);
    EXPECT_FALSE(model.thinking.takes_budget || model.thinking.takes_adaptive || model.thinking.takes_disabled);
    EXPECT_TRUE(model.effort_levels.empty());
    EXPECT_FALSE(model.sampling.temperature || model.sampling.top_p || model.sampling.top_k);
    EXPECT_TRUE(model.tool_use && model.vision && model.pdf);
}

TEST(CatalogDescribe, does_not_know_what_a_fine_tuned_model_costs) {
    const ModelInfo model = catalog_with()->describe("ft:gpt-4.1:my-org::abc123", "openai");
    EXPECT_EQ(model.context_window, 1'047'576);
    EXPECT_EQ(model.prices.base.input, std::nullopt);
}

TEST(CatalogSuggest, corrects_a_date_in_the_form_of_each_place) {
    EXPECT_EQ(suggested("claude-sonnet-4-5-20250514"), "claude-sonnet-4-5-20250929");
    EXPECT_EQ(suggested("claude-sonnet-4-5@20250514"), "claude-sonnet-4-5@20250929");
    EXPECT_EQ(suggested("us.anthropic.claude-sonnet-4-5-20250514-v1:0"),
              "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    EXPECT_EQ(suggested("eu.anthropic.claude-haiku-4-5-20250514-v1:0"), "eu.anthropic.claude-haiku-4-5-20251001-v1:0");
    EXPECT_EQ(suggested("claude-opus-4-6-20260205"), "claude-opus-4-6");   // 4.6 and later have no date
    EXPECT_EQ(suggested("claude-opus-4-6@20260205"), "claude-opus-4-6");
}

TEST(CatalogSuggest, names_a_profile_where_the_bare_id_is_refused) {
    EXPECT_EQ(suggested("anthropic.claude-sonnet-4-5-20250514-v1:0"),
              "global.anthropic.claude-sonnet-4-5-20250929-v1:0");
}

TEST(CatalogSuggest, completes_an_id_of_another_place) {
    EXPECT_EQ(suggested("us.anthropic.claude-sonnet-4-5"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    EXPECT_EQ(suggested("us.anthropic.claude-opus-4-6"), "us.anthropic.claude-opus-4-6-v1");
    EXPECT_EQ(suggested("us.anthropic.claude-sonnet-4-5-20250929"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
}

TEST(CatalogSuggest, finds_what_was_mistyped) {
    EXPECT_EQ(suggested("claude-sonet-4-5"), "claude-sonnet-4-5");
    EXPECT_EQ(suggested("claude-sonnet-4.5"), "claude-sonnet-4-5");
    EXPECT_EQ(suggested("gpt-5.4-mni"), "gpt-5.4-mini");
    EXPECT_EQ(suggested("us.anthropic.claude-sonet-4-5-20250929-v1:0"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    EXPECT_EQ(suggested("claude-hiaku-4-5@20251001"), "claude-haiku-4-5@20251001");
}

TEST(CatalogSuggest, prefers_a_model_that_stays) {
    EXPECT_EQ(suggested("claude-sonnet-4-7"), "claude-sonnet-4-6");   // 4.5 is as near, and retires
}

TEST(CatalogSuggest, is_silent_for_known_ids_and_for_words_far_from_all) {
    for (const std::string id :
         {"claude-sonnet-4-5", "us.anthropic.claude-opus-5-5", "llama-3.1-70b-instruct", "mistral-large", "", "x"})
        EXPECT_EQ(suggested(id), "") << id;
}

TEST(CatalogSuggest, never_names_an_id_that_does_not_exist) {
    const auto catalog = catalog_with();
    for (const ModelInfo& model : catalog->models())
        for (const std::string& id : {model.id + "-20200101", model.id + "@20200101",
                                      "us.anthropic." + model.id + "-20200101-v9:9", "x" + model.id}) {
            const auto suggestion = catalog->suggest(id);
            if (suggestion) {
                EXPECT_NE(catalog->find(*suggestion), nullptr) << id << " -> " << *suggestion;
            }
        }
}

TEST(ModelName, is_taken_apart_and_any_text_survives_it) {
    const ModelName name = parse_model_name("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0");
    EXPECT_EQ(name.form, ModelName::Form::bedrock);
    EXPECT_EQ(name.prefix, "us-gov");
    EXPECT_EQ(name.family, "claude-sonnet-4-5");
    EXPECT_EQ(name.version, "20250929");
    for (const std::string_view text :
         {"", "@", "anthropic.", ".anthropic.", "-v", "anthropic.-v", "-20250929", "anthropic.x-v1:", "@@", "-v1:0"}) {
        const ModelName odd = parse_model_name(text);
        EXPECT_LE(odd.family.size() + odd.version.size() + odd.prefix.size(), text.size());
    }
}

}  // namespace
