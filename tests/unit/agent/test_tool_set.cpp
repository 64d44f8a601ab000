#include "agent/tool_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(Tool tool) {
    auto set = ToolSet::create({std::move(tool)});
    if (set) return "";
    EXPECT_EQ(set.error().code, ErrorCode::config);
    return set.error().message;
}

TEST(ToolSet, names_that_vendors_refuse_are_said_at_registration) {
    EXPECT_THAT(refusal({.name = ""}), HasSubstr("tools[0]"));
    EXPECT_THAT(refusal({.name = "two words"}), HasSubstr("two words"));
    EXPECT_THAT(refusal({.name = std::string(65, 'a')}), HasSubstr("1 to 64"));
    EXPECT_EQ(refusal({.name = std::string(64, 'a')}), "");
}

TEST(ToolSet, two_tools_of_one_name_are_refused) {
    const auto set = ToolSet::create({{.name = "a"}, {.name = "b"}, {.name = "a"}});
    ASSERT_FALSE(set);
    EXPECT_THAT(set.error().message, AllOf(HasSubstr("tools[2]"), HasSubstr("named a")));
}

TEST(ToolSet, schemas_that_vendors_or_the_engine_cannot_use_are_refused_with_their_path) {
    EXPECT_THAT(refusal({.name = "t", .input_schema = "{"}), HasSubstr("not a JSON object"));
    EXPECT_THAT(refusal({.name = "t", .input_schema = R"({"type":"string"})"}), HasSubstr("/type"));
    EXPECT_THAT(refusal({.name = "t", .input_schema = R"({"type":"object","anyOf":[{}]})"}), HasSubstr("/anyOf"));
    EXPECT_THAT(refusal({.name = "t", .input_schema = R"({"type":"object","properties":{"a b":{}}})"}), HasSubstr("a b"));
    EXPECT_THAT(refusal({.name = "t", .input_schema = R"({"type":"object","properties":{"a":{"typ":"string"}}})"}), HasSubstr("/properties/a"));
    EXPECT_THAT(refusal({.name = "t", .input_schema = R"({"type":"object","properties":{"a":{"$ref":"#/properties/a"}}})"}), HasSubstr("/properties/a"));
}

TEST(ToolSet, limits_are_checked) {
    EXPECT_THAT(refusal({.name = "t", .timeout = std::chrono::milliseconds(0)}), HasSubstr("timeout"));
    EXPECT_THAT(refusal({.name = "t", .max_parallel = -1}), HasSubstr("max_parallel"));
    EXPECT_THAT(refusal({.name = "t", .max_result_bytes = 0}), HasSubstr("max_result_bytes"));
    EXPECT_THAT(refusal({.name = "t", .approve = [](const ToolCall&) { return Approval::allow(); }, .ask_run = true}), HasSubstr("ask_run"));
}

TEST(ToolSet, a_tool_without_a_schema_takes_an_object) {
    const auto set = ToolSet::create({{.name = "t", .description = "d"}});
    ASSERT_TRUE(set);
    EXPECT_EQ((*set)->definitions()[0].input_schema, R"({"type":"object","properties":{}})");
    EXPECT_EQ((*set)->find("u"), nullptr);
    ASSERT_NE((*set)->find("t"), nullptr);
}

}  // namespace
}  // namespace cortex::agent
