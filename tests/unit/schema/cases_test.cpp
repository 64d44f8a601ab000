// A case or two for every keyword, so that a checkout alone proves the room; the published suite goes deeper.

#include "support.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace cortex::schema {
namespace {

struct Case {
    const char* schema;
    const char* instance;
    bool valid;
};

const Case cases[] = {
    {"true", "1", true},
    {"false", "1", false},
    {"{}", "null", true},
    {R"({"type":"integer"})", "3", true},
    {R"({"type":"integer"})", "3.0", true},
    {R"({"type":"integer"})", "1e3", true},
    {R"({"type":"integer"})", "3.5", false},
    {R"({"type":"integer"})", "1e400", false},
    {R"({"type":"number"})", "9223372036854775808", true},
    {R"({"type":["string","null"]})", "null", true},
    {R"({"type":["string","null"]})", "0", false},
    {R"({"enum":["a",1,null,[1.0]]})", "1.0", true},
    {R"({"enum":["a",1,null,[1.0]]})", "[1]", true},
    {R"({"enum":["a",1,null]})", "true", false},
    {R"({"enum":["b"],"const":"a"})", "\"b\"", false},
    {R"({"const":{"a":[1,{"b":2}]}})", R"({"a":[1,{"b":2.0}]})", true},
    {R"({"const":9007199254740993})", "9007199254740992", false},
    {R"({"const":9007199254740993})", "9007199254740993", true},
    {R"({"minimum":18446744073709551615})", "18446744073709551614", false},
    {R"({"maximum":9007199254740992})", "9007199254740993", false},
    {R"({"exclusiveMinimum":1})", "1", false},
    {R"({"exclusiveMaximum":1})", "0.999", true},
    {R"({"multipleOf":0.01})", "4.35", true},
    {R"({"multipleOf":0.01})", "4.355", false},
    {R"({"multipleOf":0.0001})", "0.0075", true},
    {R"({"multipleOf":3})", "9223372036854775806", true},
    {R"({"multipleOf":3})", "9223372036854775807", false},
    {R"({"multipleOf":7})", "1e300", false},
    {R"({"multipleOf":1e300})", "1", false},
    {R"({"multipleOf":2.5})", "-7.5", true},
    {R"({"minLength":2})", R"("\ud83d\ude00")", false},
    {R"({"maxLength":1})", R"("\ud83d\ude00")", true},
    {R"({"pattern":"^a+$"})", R"("aaa")", true},
    {R"({"pattern":"^a+$"})", "7", true},
    {R"({"minItems":1})", "[]", false},
    {R"({"maxItems":1.0})", "[1,2]", false},
    {R"({"uniqueItems":true})", "[1,2,3,4,5,6,7,8,9,1.0]", false},
    {R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1}])", false},
    {R"({"uniqueItems":true})", "[1,true,0,false,null,\"1\",[1],[true],{},[]]", true},
    {R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a"])", true},
    {R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a",1])", false},
    {R"({"contains":{"const":1},"minContains":2,"maxContains":3})", "[1,2,1]", true},
    {R"({"contains":{"const":1},"minContains":2,"maxContains":3})", "[1,1,1,1]", false},
    {R"({"contains":{"const":1}})", "[2]", false},
    {R"({"contains":{"const":1},"minContains":0})", "[]", true},
    {R"({"required":["a"]})", "{}", false},
    {R"({"properties":{"a":{"type":"string"}},"additionalProperties":false})", R"({"b":1})", false},
    {R"({"patternProperties":{"^x_":true},"additionalProperties":false})", R"({"x_1":1})", true},
    {R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})", false},
    {R"({"minProperties":1})", "{}", false},
    {R"({"maxProperties":1})", R"({"a":1,"b":2})", false},
    {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", false},
    {R"({"dependentRequired":{"a":["b"]}})", R"({"b":1})", true},
    {R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1})", false},
    {R"({"allOf":[{"minimum":1},{"maximum":3}]})", "4", false},
    {R"({"anyOf":[{"type":"string"},{"minimum":1}]})", "0", false},
    {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "2", false},
    {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "4", true},
    {R"({"not":{"type":"string"}})", "\"a\"", false},
    {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})", "\"a\"", false},
    {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})", "1", false},
    {R"({"then":{"minLength":2}})", "\"a\"", true},
    {R"({"$defs":{"a/b c":{"type":"string"}},"$ref":"#/$defs/a~1b%20c"})", "1", false},
    {R"({"$defs":{"a":{"$anchor":"here","type":"string"}},"$ref":"#here"})", "1", false},
    {R"({"definitions":{"a":{"type":"string"}},"$ref":"#/definitions/a"})", "\"a\"", true},
    {R"({"$id":"http://x.test/s","$defs":{"a":{"type":"string"}},"$ref":"http://x.test/s#/$defs/a"})", "1", false},
    {R"({"$ref":"#/$defs/a","maximum":3,"$defs":{"a":{"minimum":1}}})", "4", false},
    {R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})", R"({"next":{"next":{}}})", true},
    {R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})", R"({"next":{"nxt":{}}})", false},
    {R"({"prefixItems":[true],"unevaluatedItems":false})", "[1,2]", false},
    {R"({"anyOf":[{"prefixItems":[true]},{"prefixItems":[true,true]}],"unevaluatedItems":false})", "[1,2]", true},
    {R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})", R"({"a":1})", true},
    {R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})", R"({"b":1})", false},
    {R"({"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false})", R"({"a":1})", false},
    {R"({"format":"date","default":5,"title":"t","description":"d","examples":[1],"x-own":{"a":1},"contentEncoding":"base64"})", "\"no date\"", true},
    {R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"string"})", "1", false},
};

TEST(Schema, judges_every_keyword) {
    for (const Case& one : cases) {
        const std::string said = judge(one.schema, one.instance);
        EXPECT_EQ(said.empty(), one.valid) << one.schema << " of " << one.instance << ": " << said;
        EXPECT_FALSE(said.starts_with("refused")) << said;
    }
}

TEST(Schema, refuses_what_it_cannot_check_with_the_place) {
    const std::vector<std::pair<std::string, std::string>> refused = {
        {R"({"properties":{"a":{"minimun":1}}})", R"(at #/properties/a/minimun: unknown keyword "minimun"; did you mean "minimum"?)"},
        {R"({"$dynamicRef":"#a"})", R"(at #/$dynamicRef: the keyword "$dynamicRef" is not supported)"},
        {R"({"items":[{"type":"string"}]})", "at #/items: a schema is an object or a boolean, not an array of 1 item"},
        {R"({"type":"int"})", R"("int" is no type)"},
        {R"({"type":"strnig"})", R"("strnig" is no type; did you mean "string"?)"},
        {R"({"type":[]})", "at #/type: names no type"},
        {R"({"minimum":"3"})", R"(at #/minimum: must be a number, not "3")"},
        {R"({"minLength":-1})", "at #/minLength: must be a whole number of at least 0, not -1"},
        {R"({"multipleOf":0})", "at #/multipleOf: must be a number above 0, not 0"},
        {R"({"required":"a"})", R"(at #/required: must be an array of strings, not "a")"},
        {R"({"required":[1]})", "at #/required/0: must be a string, not 1"},
        {R"({"enum":{"a":1}})", "at #/enum: must be an array"},
        {R"({"allOf":[]})", "at #/allOf: must be an array of at least one schema"},
        {R"~({"properties":{"a/b":{"pattern":"(?=x)"}}})~", "at #/properties/a~1b/pattern: the pattern (?=x) cannot be used: look-ahead is not supported"},
        {R"({"patternProperties":{"[":true}})", "at #/patternProperties/[: the pattern [ cannot be used: a '[' is not closed"},
        {R"({"$ref":"#/nowhere"})", R"(at #/$ref: "#/nowhere" leads to no schema)"},
        {R"({"$ref":"other.json"})", R"("other.json" leads out of the schema)"},
        {R"({"default":{"type":"string"},"$ref":"#/default"})", "leads to no schema"},
        {R"({"$ref":"#"})", "at #: it leads back to itself"},
        {R"({"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}})", "it leads back to itself"},
        {R"({"properties":{"a":{"$id":"x"}}})", "at #/properties/a/$id: only the root may have an $id"},
        {R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})", R"(there are two anchors "x")"},
        {R"({"$schema":"http://json-schema.org/draft-04/schema#"})", "is not supported; 2020-12 is"},
        {R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"#","minimum":1}}})", "at #/properties/a/minimum: its draft ignores"},
        {"[]", "a schema is an object or a boolean, not []"},
        {"{", "the schema is not JSON: it ends too early"},
        {"nope", "the schema is not JSON"},
    };
    for (const auto& [schema, reason] : refused) EXPECT_THAT(refusal(schema), testing::HasSubstr(reason)) << schema;
}

TEST(Schema, gives_up_on_work_that_doubles_at_every_level) {
    const std::string schema = R"({"anyOf":[{"properties":{"n":{"$ref":"#"}},"required":["x"]},{"properties":{"n":{"$ref":"#"}},"required":["x"]}]})";
    std::string instance = "{}";
    for (int i = 0; i < 100; ++i) instance = R"({"x":1,"n":)" + instance + "}";
    // The innermost fits nothing, so that every level asks both alternatives.
    EXPECT_THAT(judge(schema, instance), testing::HasSubstr("too much work"));

    std::string defs;
    for (int i = 0; i < 60; ++i) {
        const std::string next = "#/$defs/d" + std::to_string(i + 1);
        defs += R"("d)" + std::to_string(i) + R"(":{"allOf":[{"$ref":")" + next + R"("},{"$ref":")" + next + R"("}]},)";
    }
    EXPECT_THAT(judge(R"({"$ref":"#/$defs/d0","$defs":{)" + defs + R"("d60":true}})", "1"), testing::HasSubstr("too much work"));
}

TEST(Schema, gives_up_inside_not_too_instead_of_letting_through) {
    std::string defs;
    for (int i = 0; i < 60; ++i) {
        const std::string next = "#/$defs/d" + std::to_string(i + 1);
        defs += R"("d)" + std::to_string(i) + R"(":{"allOf":[{"$ref":")" + next + R"("},{"$ref":")" + next + R"("}]},)";
    }
    EXPECT_THAT(judge(R"({"not":{"$ref":"#/$defs/d0"},"$defs":{)" + defs + R"("d60":true}})", "1"), testing::HasSubstr("too much work"));
}

TEST(Schema, refuses_a_chain_that_is_longer_than_any_honest_one) {
    std::string defs;
    for (int i = 0; i < 5000; ++i) defs += R"("d)" + std::to_string(i) + R"(":{"$ref":"#/$defs/d)" + std::to_string(i + 1) + R"("},)";
    EXPECT_THAT(refusal(R"({"$defs":{)" + defs + R"("d5000":true}})"), testing::HasSubstr("follow each other on the same value"));
}

TEST(Schema, finds_equal_items_among_a_hundred_thousand_within_its_work) {
    std::string items = "[";
    for (int i = 0; i < 100'000; ++i) items += "{\"id\":" + std::to_string(i) + "},";
    EXPECT_EQ(judge(R"({"uniqueItems":true})", items + "{\"id\":-1}]"), "");
    EXPECT_THAT(judge(R"({"uniqueItems":true})", items + "{\"id\":99999.0}]"), testing::HasSubstr("at 99999 and 100000; its items must differ"));
}

}  // namespace
}  // namespace cortex::schema
