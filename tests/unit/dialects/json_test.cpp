#include "core/json.hpp"

#include "core/json_slice.hpp"
#include "dialects/anthropic/quick_delta.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cortex {
namespace {

TEST(JsonParser, heals_half_surrogates_and_bytes_that_are_no_utf8_and_nothing_else) {
    JsonParser parser;
    const JsonObject* object =
        parser.parse_object("{\"a\":\"x\\ud83d\",\"b\":\"\xff\",\"c\":\"\\ud83d\\ude00\",\"d\":\"\\\\ud83d\"}");
    ASSERT_NE(object, nullptr);
    EXPECT_EQ(json_text(*object, "a"), "x\uFFFD");
    EXPECT_EQ(json_text(*object, "b"), "\uFFFD");
    EXPECT_EQ(json_text(*object, "c"), "\U0001F600");
    EXPECT_EQ(json_text(*object, "d"), "\\ud83d");
    EXPECT_TRUE(boost::json::parse(std::string(parser.source())).is_object());
    for (const std::string_view text : {"", "{", "{\"a\":}", "{} x", "{'a':1}", "{\"a\":1,}", "nul", "\"\\ud83d"})
        EXPECT_EQ(parser.parse(text), nullptr) << text;
}

TEST(JsonParser, needs_no_more_memory_for_the_hundredth_text_than_for_the_first) {
    const std::string text = "{\"a\": \"" + std::string(5'000, 'x') + "\"}";
    JsonParser parser;
    for (int i = 0; i < 200; ++i) ASSERT_NE(parser.parse_object(text), nullptr) << i;
}

TEST(JsonParser, tells_a_text_that_was_cut_from_one_that_is_wrong) {
    JsonParser parser;
    for (const std::string_view text : {"{", "{\"a\":[1,2", "{\"a\":\"x\\", "{\"a\":\"\\ud83d\\u", "{\"a\":\"\xff", "{\"a\":tr"}) {
        EXPECT_EQ(parser.parse(text), nullptr);
        EXPECT_TRUE(parser.cut()) << text;
    }
    for (const std::string_view text : {"", "<html>", "{\"a\":}", "nul", "{ no JSON at all", "[1, oops", "{\"a\": \"\x01"}) {
        EXPECT_EQ(parser.parse(text), nullptr);
        EXPECT_FALSE(parser.cut()) << text;
    }
}

TEST(JsonParser, refuses_nesting_that_only_serves_to_break_things) {
    JsonParser parser;
    const std::string deep(100'000, '[');
    EXPECT_EQ(parser.parse(deep), nullptr);
    const std::string fine = std::string(100, '[') + std::string(100, ']');
    EXPECT_NE(parser.parse(fine), nullptr);
}

TEST(JsonParser, reads_whole_numbers_of_either_spelling) {
    JsonParser parser;
    const JsonObject* object = parser.parse_object(R"({"a":3,"b":3.0,"c":3.5,"d":"3","e":null,"f":1e300})");
    EXPECT_EQ(json_integer(*object, "a"), 3);
    EXPECT_EQ(json_integer(*object, "b"), 3);
    for (const std::string_view name : {"c", "d", "e", "f", "g"}) EXPECT_FALSE(json_integer(*object, name)) << name;
    EXPECT_EQ(json_member(*object, "e"), nullptr);
}

TEST(JsonSlice, finds_the_bytes_of_members_and_elements) {
    const std::string_view text = " { \"a\" : [1, {\"x\":\"]}\\\"\"} ,\"\"] , \"b\":1.50e2,\"a\":{ } } ";
    EXPECT_EQ(slice_member(text, "b"), "1.50e2");
    EXPECT_EQ(slice_member(text, "a"), "{ }");   // the last one counts
    EXPECT_FALSE(slice_member(text, "c"));
    const auto members = slice_members(text);
    ASSERT_EQ(members.size(), 3U);
    const auto elements = slice_elements(members[0].value);
    ASSERT_EQ(elements.size(), 3U);
    EXPECT_EQ(elements[1], "{\"x\":\"]}\\\"\"}");
    EXPECT_TRUE(slice_members("[]").empty());
    EXPECT_TRUE(slice_elements("[ ]").empty());
    EXPECT_TRUE(slice_members("{ }").empty());
}

TEST(JsonSlice, stays_inside_texts_that_are_no_json) {
    for (const std::string_view text :
         {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"\\", "[", "[[[", "{]", "}}}"}) {
        (void)slice_members(text);
        (void)slice_elements(text);
        (void)replace_members(text, {{"a", "1"}});
    }
}

TEST(JsonSlice, replaces_in_place_and_appends_what_is_missing) {
    EXPECT_EQ(replace_members(R"({"type":"x", "input":{} ,"z": 1.0})", {{"input", R"({"a":1})"}, {"new", "null"}}),
              R"({"type":"x","input":{"a":1},"z":1.0,"new":null})");
    EXPECT_EQ(replace_members("{}", {{"a", "1"}}), R"({"a":1})");
}

TEST(QuickDelta, reads_exactly_what_a_parser_reads_or_leaves_it) {
    using dialects::anthropic::read_quick_delta;
    std::string memory;
    const auto delta = [&](std::string_view data) { return read_quick_delta(data, memory); };
    const auto plain =
        delta(R"({"type":"content_block_delta","index":12,"delta":{"type":"text_delta","text":"Hi"}   } )");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->index, 12);
    EXPECT_EQ(plain->text, "Hi");
    EXPECT_FALSE(plain->thinking);
    const auto escaped = delta(
        R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"a\n\"b\\\/\t"}})");
    ASSERT_TRUE(escaped);
    EXPECT_EQ(escaped->text, "a\n\"b\\/\t");
    EXPECT_TRUE(escaped->thinking);
    for (const std::string_view data :
         {R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\u0041"}})",
          R"({"type":"content_block_delta","index":-1,"delta":{"type":"text_delta","text":"a"}})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"x":1})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","x":1}})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\x"}})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a)",
          R"({"type":"content_block_delta","index":,"delta":{"type":"text_delta","text":"a"}})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\)"})
        EXPECT_FALSE(delta(data)) << data;
    EXPECT_FALSE(
        delta("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\nb\"}}"));
}

}  // namespace
}  // namespace cortex
