// What is left of a JSON Schema where Gemini is told of it.
#include "dialects/gemini/schema.hpp"

#include "core/json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::dialects::gemini {
namespace {

TEST(GeminiSchema, keeps_the_keywords_that_are_taken_byte_for_byte) {
    const std::string schema =
        R"({"$id":"s","type":"object","title":"T","description":"d \u00e4","properties":{"a":{"type":["string","null"],"format":"date-time","enum":["x",1.0,null]},"b":{"type":"array","items":{"type":"integer","minimum":1e2,"maximum":500},"minItems":1,"maxItems":3},"c":{"prefixItems":[{"type":"string"}]},"d":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["a"],"additionalProperties":false,"propertyOrdering":["b","a"]})";
    EXPECT_EQ(clean_schema(schema), schema);
}

TEST(GeminiSchema, leaves_out_what_is_not_taken_at_every_depth) {
    EXPECT_EQ(clean_schema(
                  R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"a":{"type":"string","pattern":"x","minLength":1,"default":"y","examples":["z"]},"o":{"type":"object","properties":{"n":{"type":"number","exclusiveMinimum":0,"multipleOf":2}},"patternProperties":{"^x":{}}}},"if":{},"then":{},"not":{},"dependentRequired":{}})"),
              R"({"type":"object","properties":{"a":{"type":"string"},"o":{"type":"object","properties":{"n":{"type":"number"}}}}})");
}

TEST(GeminiSchema, says_const_as_enum_and_oneOf_as_anyOf) {
    EXPECT_EQ(clean_schema(R"({"oneOf":[{"const":"a"},{"type":"object","properties":{"k":{"const":7,"description":"d"}}}]})"),
              R"({"anyOf":[{"enum":["a"]},{"type":"object","properties":{"k":{"enum":[7],"description":"d"}}}]})");
}

TEST(GeminiSchema, a_reference_stands_alone_and_definitions_get_their_new_name) {
    EXPECT_EQ(clean_schema(R"({"type":"object","properties":{"p":{"description":"where","$ref":"#/definitions/Point"}},"definitions":{"Point":{"type":"object","properties":{"x":{"type":"number","default":0}}}}})"),
              R"({"type":"object","properties":{"p":{"$ref":"#/$defs/Point"}},"$defs":{"Point":{"type":"object","properties":{"x":{"type":"number"}}}}})");
    EXPECT_EQ(clean_schema(R"({"$ref":"#/$defs/A","title":"T","$defs":{"A":{"type":"string"}}})"), R"({"$ref":"#/$defs/A","$defs":{"A":{"type":"string"}}})");
}

TEST(GeminiSchema, joins_allOf_into_the_schema_that_holds_it) {
    EXPECT_EQ(clean_schema(R"({"description":"d","allOf":[{"$ref":"#/$defs/A"}]})"), R"({"$ref":"#/$defs/A"})");
    EXPECT_EQ(clean_schema(R"({"allOf":[{"type":"string","description":"inner"}],"description":"outer"})"), R"({"description":"outer","type":"string"})");
    EXPECT_EQ(clean_schema(
                  R"({"type":"object","properties":{"a":{}},"required":["a"],"allOf":[{"properties":{"b":{"type":"string"},"a":{"type":"null"}},"required":["a","b"]},{"$ref":"#/$defs/X"}]})"),
              R"({"type":"object","properties":{"a":{},"b":{"type":"string"}},"required":["a","b"]})");
}

TEST(GeminiSchema, boolean_schemas_and_old_tuples_become_what_is_taken) {
    EXPECT_EQ(clean_schema(R"({"properties":{"any":true,"list":{"items":[{"type":"string"},true]}},"additionalProperties":{"type":"string","pattern":"x"}})"),
              R"({"properties":{"any":{},"list":{"prefixItems":[{"type":"string"},{}]}},"additionalProperties":{"type":"string"}})");
}

TEST(GeminiSchema, names_of_properties_are_never_taken_for_keywords_nor_changed) {
    EXPECT_EQ(clean_schema(R"({"type":"object","properties":{"pattern":{"type":"string"},"oneOf":{"type":"string"},"x-\"y\"":{"type":"string"},"$ref":{"type":"string"}}})"),
              R"({"type":"object","properties":{"pattern":{"type":"string"},"oneOf":{"type":"string"},"x-\"y\"":{"type":"string"},"$ref":{"type":"string"}}})");
}

TEST(GeminiSchema, a_schema_that_asks_for_nothing_is_told_from_one_that_does) {
    for (const char* nothing : {R"({"type":"object"})", R"({"type":"object","properties":{}})", R"({"type":"object","properties":{},"additionalProperties":false})", "[1]", "", "{"})
        EXPECT_TRUE(asks_for_nothing(clean_schema(nothing))) << nothing;
    for (const char* something : {R"({"type":"object","properties":{"a":true}})", R"({"$ref":"#/$defs/A"})", R"({"anyOf":[{}]})", R"({"type":"object","additionalProperties":{"type":"string"}})"})
        EXPECT_FALSE(asks_for_nothing(clean_schema(something))) << something;
}

TEST(GeminiSchema, deep_schemas_are_cleaned_or_left_out_but_never_a_crash) {
    for (const std::size_t depth : {10U, 60U, 5000U}) {
        std::string schema;
        for (std::size_t i = 0; i < depth; ++i) schema += R"({"items":)";
        schema += "{}" + std::string(depth, '}');
        EXPECT_EQ(clean_schema(schema), depth > JsonParser::max_depth ? "{}" : schema);
    }
}

}  // namespace
}  // namespace cortex::dialects::gemini
