#include "support.hpp"

#include "schema/words.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace cortex::schema {
namespace {

TEST(SchemaSentences, name_the_place_what_is_there_and_what_is_wanted) {
    const char* schema = R"({"type":"object","properties":{
        "limit":{"type":"integer","minimum":1,"maximum":50},
        "unit":{"enum":["celsius","fahrenheit"]},
        "code":{"type":"string","pattern":"^[A-Z]{3}$"},
        "note":{"type":["string","null"],"maxLength":5},
        "step":{"multipleOf":0.5,"exclusiveMinimum":0},
        "tags":{"type":"array","items":{"type":"string"},"minItems":1,"uniqueItems":true},
        "items":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}},
        "who":{"anyOf":[{"type":"string"},{"type":"integer"}]},
        "when":{"oneOf":[{"type":"object","properties":{"day":{"type":"integer"}},"required":["day"]},{"type":"null"}]}
      },"required":["limit"],"additionalProperties":false})";
    const std::pair<const char*, const char*> sentences[] = {
        {"[]", "the value is []; it must be an object"},
        {"{}", R"(the value lacks the required property "limit")"},
        {R"({"limit":60})", "limit is 60; it must be at most 50"},
        {R"({"limit":0})", "limit is 0; it must be at least 1"},
        {R"({"limit":"10"})", R"(limit is "10"; it must be an integer)"},
        {R"({"limit":1.5})", "limit is 1.5; it must be an integer"},
        {R"({"limit":1,"limt":2})", R"(limt is not a known property; did you mean "limit"?)"},
        {R"({"limit":1,"zzzzzzzz":2})",
         R"(zzzzzzzz is not a known property; known are "who", "code", "note", "step", "tags", "unit", "when", "items" and "limit")"},
        {R"({"limit":1,"unit":"kelvin"})", R"(unit is "kelvin"; it must be "celsius" or "fahrenheit")"},
        {R"({"limit":1,"code":"abc"})", R"(code is "abc"; it must match the pattern ^[A-Z]{3}$)"},
        {R"({"limit":1,"note":"abcdef"})", "note is 6 characters long; it must be at most 5 characters long"},
        {R"({"limit":1,"note":7})", "note is 7; it must be a string or null"},
        {R"({"limit":1,"step":0.3})", "step is 0.3; it must be a multiple of 0.5"},
        {R"({"limit":1,"step":0})", "step is 0; it must be more than 0"},
        {R"({"limit":1,"tags":[]})", "tags has 0 items; it must have at least 1"},
        {R"({"limit":1,"tags":["a",{"b":true}]})", R"(tags[1] is {"b": true}; it must be a string)"},
        {R"({"limit":1,"tags":["a","b","a"]})", R"(tags has the same item, "a", at 0 and 2; its items must differ)"},
        {R"({"limit":1,"items":[{"name":"x"},{"name":null}]})", "items[1].name is null; it must be a string"},
        {R"({"limit":1,"items":[{}]})", R"(items[0] lacks the required property "name")"},
        {R"({"limit":1,"items":[{"name":"x","a b":1}]})", R"(items[0]["a b"] is not a known property; known is "name")"},
        {R"({"limit":1,"who":[]})", "who is []; it must be a string or an integer"},
        {R"({"limit":1,"when":{"day":"x"}})", R"(when.day is "x"; it must be an integer)"},
    };
    for (const auto& [instance, sentence] : sentences) EXPECT_EQ(judge(schema, instance), sentence);
}

TEST(SchemaSentences, have_the_path_as_a_json_pointer_too) {
    const auto schema = Schema::compile(R"({"additionalProperties":{"items":{"type":"string"}}})");
    ASSERT_TRUE(schema);
    JsonParser parser;
    const auto violation = schema->check(*parser.parse(R"({"a/b~c":["x",1]})"));
    ASSERT_TRUE(violation);
    EXPECT_EQ(violation->path, "/a~1b~0c/1");
    EXPECT_EQ(violation->reason, "is 1; it must be a string");
    EXPECT_EQ(violation->sentence(), R"(["a/b~c"][1] is 1; it must be a string)");
}

TEST(SchemaSentences, repeat_little_of_what_they_complain_of) {
    const std::string text(1'000'000, 'x'), controls(1000, '\x01');
    for (const std::string& large : {"\"" + text + "\"", "{\"" + text + "\":1}", "[\"" + text + "\"]"}) {
        const std::string said = judge(R"({"type":"object","additionalProperties":false})", large);
        EXPECT_FALSE(said.empty());
        EXPECT_LT(said.size(), 200U) << said.substr(0, 300);
    }
    EXPECT_LT(in_quotes(controls).size(), 90U);
    EXPECT_EQ(in_quotes("\xC3\xA4"), "\"\xC3\xA4\"");
    std::string deep = "1";
    for (int i = 0; i < 100; ++i) deep = "{\"property\":" + deep + "}";
    const std::string said = judge(R"({"properties":{"property":{"$ref":"#"}},"type":"object"})", deep);
    EXPECT_LT(said.size(), 300U);
    EXPECT_THAT(said, testing::EndsWith("property.property is 1; it must be an object"));
}

TEST(SchemaSentences, speak_for_the_alternative_that_comes_nearest) {
    const char* schema = R"({"anyOf":[
        {"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["kind","radius"]},
        {"type":"object","properties":{"kind":{"const":"box"},"size":{"type":"object","properties":{"width":{"minimum":0}}}},"required":["kind","size"]}]})";
    EXPECT_EQ(judge(schema, R"({"kind":"box","size":{"width":-1}})"), "size.width is -1; it must be at least 0 (the nearest of 2 alternatives)");
    EXPECT_EQ(judge(schema, "3"), "the value is 3; it must be an object");
    EXPECT_EQ(judge(R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "2"), "the value is 2; it fits alternatives 1 and 2 and must fit exactly one");
    EXPECT_EQ(judge(R"({"not":{"const":2}})", "2"), "the value is 2; the schema rules out this form");
    EXPECT_EQ(judge(R"({"properties":{"a":false}})", R"({"a":2})"), "a is not allowed");
    EXPECT_EQ(judge(R"({"propertyNames":{"maxLength":2}})", R"({"abc":2})"),
              R"(abc is no name that the schema allows: "abc" is 3 characters long; it must be at most 2 characters long)");
    EXPECT_EQ(judge(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})"), R"(the value lacks the property "b", which is required beside "a")");
    EXPECT_EQ(judge(R"({"contains":{"const":1}})", "[2]"), "the value has 0 items of the form that the schema asks for; it must have at least 1");
}

}  // namespace
}  // namespace cortex::schema
