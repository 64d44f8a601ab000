#include "core/json_writer.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

using cortex::JsonWriter;

TEST(JsonWriter, writes_members_and_items_in_the_order_of_the_calls) {
    JsonWriter out;
    out.begin_object()
        .field("b", "text")
        .field("a", 1)
        .key("list")
        .begin_array()
        .integer(1)
        .boolean(false)
        .null()
        .begin_object()
        .end_object();
    out.begin_array().end_array().end_array().field("c", true).end_object();
    EXPECT_EQ(out.text(), R"({"b":"text","a":1,"list":[1,false,null,{},[]],"c":true})");
}

TEST(JsonWriter, takes_a_value_that_is_json_already) {
    JsonWriter out;
    out.begin_array().raw(R"({"as": "it came"})").raw("2").end_array();
    EXPECT_EQ(out.text(), R"([{"as": "it came"},2])");
}

TEST(JsonWriter, writes_the_outermost_integers_whole) {
    JsonWriter out;
    out.begin_array()
        .integer(std::numeric_limits<std::int64_t>::min())
        .integer(std::numeric_limits<std::int64_t>::max())
        .end_array();
    EXPECT_EQ(out.text(), "[-9223372036854775808,9223372036854775807]");
}

TEST(JsonWriter, writes_numbers_that_read_back_the_same) {
    for (const double value : {0.1, 1.0 / 3.0, 1e-300, 1.7976931348623157e308, -2.5, 5e-324}) {
        JsonWriter out;
        out.number(value);
        EXPECT_EQ(std::strtod(out.text().c_str(), nullptr), value);
        EXPECT_NO_THROW(boost::json::parse(out.text())) << out.text();
    }
}

TEST(JsonWriter, has_null_for_what_no_json_number_can_say) {
    JsonWriter out;
    out.begin_array().number(std::nan("")).number(std::numeric_limits<double>::infinity()).end_array();
    EXPECT_EQ(out.text(), "[null,null]");
}

TEST(JsonWriter, has_null_for_an_absent_number) {
    JsonWriter out;
    out.begin_object()
        .field("known", std::optional<double>(0.25))
        .field("unknown", std::optional<double>())
        .end_object();
    EXPECT_EQ(out.text(), R"({"known":0.25,"unknown":null})");
}

TEST(JsonString, escapes_quotes_backslashes_and_control_characters) {
    std::string out;
    cortex::append_json_string(out, std::string_view("a\"b\\c\n\r\t\b\f\x01\x1f\x7f\0z", 15));
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7f\\u0000z\"");
}

TEST(JsonString, lets_other_languages_pass) {
    std::string out;
    cortex::append_json_string(out, "Grüße, 世界 🙂");
    EXPECT_EQ(out, "\"Grüße, 世界 🙂\"");
}

TEST(JsonString, every_byte_below_128_reads_back) {
    std::string text;
    for (int c = 0; c < 128; ++c) text.push_back(static_cast<char>(c));
    std::string out;
    cortex::append_json_string(out, text);
    EXPECT_EQ(std::string_view(boost::json::parse(out).as_string()), text);
}

TEST(JsonString, finds_what_needs_an_escape_wherever_it_stands) {
    for (int byte = 0; byte < 256; ++byte)
        for (std::size_t at = 0; at < 19; ++at)
            for (const char around : {'a', '\x7F', '\xC3', '!'}) {
                std::string text(19, around);
                text[at] = static_cast<char>(byte);
                std::string expected = "\"";
                for (const char c : text) {
                    const auto plain = static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
                    std::string one;
                    cortex::append_json_string(one, std::string_view(&c, 1));   // too short for any shortcut
                    expected += plain ? std::string(1, c) : one.substr(1, one.size() - 2);
                }
                std::string out;
                cortex::append_json_string(out, text);
                ASSERT_EQ(out, expected + "\"") << byte << " at " << at;
            }
}

}  // namespace
