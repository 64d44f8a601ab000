#include "tools/utf8_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::cli {
namespace {

using namespace std::string_view_literals;

TEST(WholeCharacters, a_cut_character_is_left_out) {
    const std::string_view text = "a\u00E9\u20AC\U0001F600";
    EXPECT_EQ(whole_characters(text.substr(0, 1)), 1U);
    EXPECT_EQ(whole_characters(text.substr(0, 2)), 1U);
    EXPECT_EQ(whole_characters(text.substr(0, 3)), 3U);
    EXPECT_EQ(whole_characters(text.substr(0, 5)), 3U);
    EXPECT_EQ(whole_characters(text.substr(0, 6)), 6U);
    EXPECT_EQ(whole_characters(text.substr(0, 9)), 6U);
    EXPECT_EQ(whole_characters(text), 10U);
    EXPECT_EQ(whole_characters(""), 0U);
}

TEST(LooksBinary, by_a_nul_or_by_much_that_is_no_text) {
    EXPECT_FALSE(looks_binary(""));
    EXPECT_FALSE(looks_binary("plain text, caf\u00E9 \U0001F600\n"));
    EXPECT_FALSE(looks_binary(std::string(100, 'a') + "\xE9"));   // one byte of an old encoding
    EXPECT_TRUE(looks_binary("abc\0def"sv));
    EXPECT_TRUE(looks_binary("\x89PNG\r\n\x1a\n\xff\xfe\xfd"sv));
    EXPECT_TRUE(looks_binary("\xC0\xAF\xC0\xAF"sv));
}

}  // namespace
}  // namespace cortex::cli
