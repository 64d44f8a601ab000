#include "dialects/strict_schema.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::test {
namespace {

using dialects::fits_strict_subset;

std::string object(const std::string& properties, const std::string& required, const std::string& more = "") {
    return R"({"type":"object","properties":{)" + properties + R"(},"required":[)" + required +
           R"(],"additionalProperties":false)" + more + "}";
}
std::string one(const std::string& schema) { return object(R"("a":)" + schema, R"("a")"); }

TEST(StrictSchema, takes_closed_objects_of_which_every_property_is_required) {
    EXPECT_TRUE(fits_strict_subset(object("", "")));
    EXPECT_TRUE(fits_strict_subset(R"({"type":"object","properties":{},"additionalProperties":false})"));
    EXPECT_TRUE(fits_strict_subset(object(R"("a":{"type":"string"},"b":{"type":["integer","null"]})", R"("b","a")")));
    EXPECT_FALSE(fits_strict_subset(object(R"("a":{"type":"string"},"b":{"type":"integer"})", R"("a")")));
    EXPECT_FALSE(fits_strict_subset(object(R"("a":{"type":"string"})", R"("a","b")")));
    EXPECT_FALSE(fits_strict_subset(R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})"));
    EXPECT_FALSE(fits_strict_subset(
        R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":true})"));
    EXPECT_FALSE(fits_strict_subset(
        R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":{"type":"string"}})"));
    EXPECT_FALSE(fits_strict_subset(R"({"type":"object","additionalProperties":false})"));
    EXPECT_FALSE(fits_strict_subset(one(R"({"type":"object"})")));
    EXPECT_TRUE(fits_strict_subset(one(object(R"("b":{"type":"boolean"})", R"("b")"))));
    EXPECT_FALSE(fits_strict_subset(one(object(R"("b":{"type":"boolean"})", ""))));
}

TEST(StrictSchema, wants_an_object_at_the_root) {
    for (const std::string schema :
         {"", "nonsense", "true", "[]", "{}", R"({"type":"string"})", R"({"type":"array","items":{"type":"string"}})",
          R"({"type":["object"],"properties":{},"required":[],"additionalProperties":false})",
          R"({"anyOf":[{"type":"string"}]})", R"({"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}})"})
        EXPECT_FALSE(fits_strict_subset(schema)) << schema;
    EXPECT_FALSE(fits_strict_subset(object("", "", R"(,"anyOf":[{"type":"string"}])")));
}

TEST(StrictSchema, takes_the_listed_keywords_and_no_others) {
    for (const std::string schema :
         {R"({"type":"string","description":"d","title":"t","pattern":"^[a-z]+$","format":"date-time"})",
          R"({"type":"number","minimum":1,"maximum":2,"multipleOf":0.5})",
          R"({"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":9})",
          R"({"type":"array","items":{"type":"string"},"minItems":1,"maxItems":3})",
          R"({"type":"string","enum":["a","b"]})", R"({"type":"string","const":"a"})",
          R"({"anyOf":[{"type":"string"},{"type":"null"}],"description":"d"})", R"({"type":"null"})"})
        EXPECT_TRUE(fits_strict_subset(one(schema))) << schema;
    for (
        const std::string schema :
        {R"({"type":"string","minLength":1})",
         R"({"type":"string","maxLength":1})",
         R"({"type":"string","default":"a"})",
         R"({"type":"string","format":"uri"})",
         R"({"type":"string","pattern":"(?=a)b"})",
         R"({"type":"string","pattern":"(?<!a)b"})",
         R"({"type":"array"})",
         R"({"type":"array","items":{}})",
         R"({"type":"array","items":true})",
         R"({"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"string"}})",
         R"({"type":"array","items":{"type":"string"},"uniqueItems":true})",
         R"({"type":"array","items":{"type":"string"},"contains":{"type":"string"}})",
         R"({"allOf":[{"type":"string"}]})",
         R"({"oneOf":[{"type":"string"}]})",
         R"({"not":{"type":"string"}})",
         R"({"type":"string","if":{"const":"a"}})",
         R"({"type":"object","properties":{},"required":[],"additionalProperties":false,"patternProperties":{}})",
         R"({"type":"object","properties":{},"required":[],"additionalProperties":false,"minProperties":1})",
         R"({"type":"object","properties":{},"required":[],"additionalProperties":false,"unevaluatedProperties":false})",
         R"({"type":"text"})",
         R"({"type":[]})",
         R"({"type":7})",
         R"({"enum":["a"]})",
         R"({"type":"string","enum":[]})",
         R"({"description":"anything"})",
         R"({})",
         R"(true)",
         R"({"anyOf":[]})",
         R"({"type":"string","anyOf":[{"type":"string"}]})",
         R"({"type":"string","examples":["a"]})",
         R"({"type":"string","items":{"type":"string"}})"})
        EXPECT_FALSE(fits_strict_subset(one(schema))) << schema;
    EXPECT_FALSE(fits_strict_subset(object("", "", R"(,"$schema":"https://json-schema.org/draft/2020-12/schema")")));
}

TEST(StrictSchema, follows_references_into_the_schemas_own_definitions) {
    const std::string node = object(R"("next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]})", R"("next")");
    EXPECT_TRUE(
        fits_strict_subset(object(R"("a":{"$ref":"#/$defs/node"})", R"("a")", R"(,"$defs":{"node":)" + node + "}")));
    EXPECT_TRUE(fits_strict_subset(
        object(R"("a":{"$ref":"#/definitions/s"})", R"("a")", R"(,"definitions":{"s":{"type":"string"}})")));
    EXPECT_TRUE(fits_strict_subset(object(R"("a":{"anyOf":[{"$ref":"#"},{"type":"null"}]})", R"("a")")));
    const std::string definitions = R"(,"$defs":{"s":{"type":"string"}})";
    for (const std::string reference : {R"("#/$defs/other")", R"("#/properties/a")", R"("https://x.test/s")", R"("s")",
                                        R"("#/$defs/")", R"("#/$defs/s/type")", R"("")", "7"})
        EXPECT_FALSE(fits_strict_subset(object(R"("a":{"$ref":)" + reference + "}", R"("a")", definitions)))
            << reference;
    EXPECT_FALSE(fits_strict_subset(object(R"("a":{"$ref":"#/$defs/s","description":"d"})", R"("a")", definitions)));
    EXPECT_FALSE(fits_strict_subset(object("", "", R"(,"$defs":{"s":{"type":"string","default":"x"}})")));
    EXPECT_FALSE(fits_strict_subset(one(object("", "", definitions))));
}

TEST(StrictSchema, refuses_alternatives_that_begin_with_the_same_property) {
    const std::string a = object(R"("kind":{"type":"string","const":"a"})", R"("kind")");
    const std::string b = object(R"("other":{"type":"string","const":"b"})", R"("other")");
    EXPECT_TRUE(fits_strict_subset(one(R"({"anyOf":[)" + a + "," + b + "]}")));
    EXPECT_FALSE(fits_strict_subset(one(R"({"anyOf":[)" + a + "," + a + "]}")));
    EXPECT_FALSE(fits_strict_subset(
        object(R"("x":{"anyOf":[{"$ref":"#/$defs/a"},)" + a + "]}", R"("x")", R"(,"$defs":{"a":)" + a + "}")));
}

TEST(StrictSchema, keeps_to_the_narrower_limits) {
    const auto nested = [](int objects) {
        std::string schema = R"({"type":"string"})";
        for (int i = 0; i < objects; ++i) schema = one(schema);
        return schema;
    };
    EXPECT_TRUE(fits_strict_subset(nested(4)));
    EXPECT_FALSE(fits_strict_subset(nested(5)));
    EXPECT_FALSE(fits_strict_subset(nested(2000)));
    const auto wide = [](int count) {
        std::string properties;
        std::string required;
        for (int i = 0; i < count; ++i) {
            const std::string name = "\"p" + std::to_string(i) + "\"";
            properties += (i == 0 ? "" : ",") + name + R"(:{"type":"string"})";
            required += (i == 0 ? "" : ",") + name;
        }
        return object(properties, required);
    };
    EXPECT_TRUE(fits_strict_subset(wide(100)));
    EXPECT_FALSE(fits_strict_subset(wide(101)));
    std::string values = "0";
    for (int i = 1; i < 1001; ++i) values += "," + std::to_string(i);
    EXPECT_FALSE(fits_strict_subset(one(R"({"type":"integer","enum":[)" + values + "]}")));
    EXPECT_FALSE(fits_strict_subset(one(R"({"type":"string","description":")" + std::string(120'000, 'd') + "\"}")));
}

}  // namespace
}  // namespace cortex::test
