#include "tools/tool_trace.hpp"

#include <gtest/gtest.h>

namespace cortex::cli {
namespace {

TEST(ToolTrace, tells_of_a_call_once) {
    const ToolTrace trace;
    const Tool tool = trace.watched({.name = "double", .execute = [](const ToolCall& call) {
                                         return ToolOutcome::text(call.arguments + call.arguments);
                                     }});
    EXPECT_EQ(tool.execute({.id = "call_1", .arguments = "ab"}).content, "abab");
    EXPECT_EQ(tool.execute({.id = "call_2", .arguments = "c\nd"}).content, "c\ndc\nd");
    EXPECT_EQ(trace.take("call_1"), "ab -> abab");
    EXPECT_EQ(trace.take("call_2"), "c d -> c dc d");
    EXPECT_EQ(trace.take("call_1"), "");
    EXPECT_EQ(trace.take("never"), "");
}

TEST(ToolTrace, a_tool_may_outlive_it) {
    Tool tool;
    {
        const ToolTrace trace;
        tool = trace.watched({.name = "x", .execute = [](const ToolCall&) { return ToolOutcome::text("y"); }});
    }
    EXPECT_EQ(tool.execute({.id = "1"}).content, "y");
}

TEST(OneLine, cuts_between_characters_and_drops_control_characters) {
    EXPECT_EQ(one_line("abc", 3), "abc");
    EXPECT_EQ(one_line("abcd", 3), "abc...");
    EXPECT_EQ(one_line("\u20AC\u20AC\u20AC", 2), "\u20AC\u20AC...");
    EXPECT_EQ(one_line("a\r\n\x1b[2Jb", 20), "a   [2Jb");
    EXPECT_EQ(one_line("", 3), "");
}

}  // namespace
}  // namespace cortex::cli
