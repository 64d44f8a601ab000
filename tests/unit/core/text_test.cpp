#include "core/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace cortex;
using namespace std::string_view_literals;

TEST(Trim, takes_ascii_white_space_off_both_ends) {
    EXPECT_EQ(trim(" \t\r\n\v\f a b \n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("\u00a0x"), "\u00a0x");   // a no-break space is not ASCII
}

TEST(Lower, changes_ascii_letters_only) {
    EXPECT_EQ(to_lower("AZaz[@`{ÄÉ"), "azaz[@`{ÄÉ");
    EXPECT_TRUE(iequals("Content-TYPE", "content-type"));
    EXPECT_FALSE(iequals("content-type", "content-typ"));
    EXPECT_FALSE(iequals("[", "{"));   // they differ by the same bit as A and a
}

const std::vector<std::string> keys{"api_key",      "base_url", "aws_region", "orchestrator_model",
                                    "worker_model", "project"};

TEST(Nearest, finds_the_key_that_was_meant) {
    EXPECT_EQ(nearest("api_kye", keys), "api_key");
    EXPECT_EQ(nearest("apikey", keys), "api_key");
    EXPECT_EQ(nearest("API_KEY", keys), "api_key");
    EXPECT_EQ(nearest("aws_regoin", keys), "aws_region");
    EXPECT_EQ(nearest("orchestrater_model", keys), "orchestrator_model");
    EXPECT_EQ(nearest("workermodel", keys), "worker_model");
}

TEST(Nearest, counts_a_swap_of_neighbours_as_one_slip) {
    EXPECT_EQ(nearest("ab", {"ba"}), "ba");
    EXPECT_EQ(nearest("abc", {"cab"}), std::nullopt);   // two slips are too many for three letters
}

TEST(Nearest, gives_nothing_for_a_word_that_is_far_from_all) {
    EXPECT_EQ(nearest("temperature", keys), std::nullopt);
    EXPECT_EQ(nearest("", keys), std::nullopt);
    EXPECT_EQ(nearest("api_key", {}), std::nullopt);
}

TEST(Nearest, prefers_the_nearer_and_then_the_earlier) {
    EXPECT_EQ(nearest("model_b", {"model_cc", "model_a", "model_c"}), "model_a");
}

struct Utf8Case {
    std::string_view text;
    std::optional<std::size_t> offset;
};

TEST(Utf8, accepts_the_first_and_the_last_character_of_every_length) {
    for (const std::string_view text :
         {""sv, "\x00"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
          "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv})
        EXPECT_EQ(invalid_utf8_offset(text), std::nullopt) << text;
}

TEST(Utf8, tells_where_it_stops_being_valid) {
    const std::vector<Utf8Case> cases{
        {"\x80", 0},                 // a continuation without a beginning
        {"ab\xff", 2},               // a byte that never occurs
        {"\xc0\x80", 0},             // overlong: U+0000 in two bytes
        {"\xc1\xbf", 0},
        {"\xe0\x9f\xbf", 0},         // overlong: U+07FF in three
        {"\xf0\x8f\xbf\xbf", 0},     // overlong: U+FFFF in four
        {"x\xed\xa0\x80", 1},        // a surrogate
        {"\xf4\x90\x80\x80", 0},     // above U+10FFFF
        {"\xf5\x80\x80\x80", 0},
        {"ok \xe4\xb8", 3},          // cut inside a character
        {"\xe4\xb8\x41", 0},
        {"\xc3\xa4\xc3", 2},
    };
    for (const Utf8Case& c : cases)
        EXPECT_EQ(invalid_utf8_offset(c.text), c.offset) << testing::PrintToString(std::string(c.text));
}

TEST(Utf8, replaces_each_maximal_subpart_by_one_replacement_character) {
    // The example of the Unicode standard, section 3.9, table 3-8 and its neighbours.
    EXPECT_EQ(replace_invalid_utf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
              "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
    EXPECT_EQ(replace_invalid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
              "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\x41");
    EXPECT_EQ(replace_invalid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), "\uFFFD\uFFFD\uFFFD\uFFFD\x41");
    EXPECT_EQ(replace_invalid_utf8("Grüße 🙂"), "Grüße 🙂");
}

TEST(Utf8, what_was_replaced_is_valid_for_every_pair_of_bytes) {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            const std::string replaced = replace_invalid_utf8(text);
            ASSERT_EQ(invalid_utf8_offset(replaced), std::nullopt) << a << " " << b;
            ASSERT_EQ(replaced == text, !invalid_utf8_offset(text).has_value()) << a << " " << b;
        }
}

TEST(Utf8Prefix, never_splits_a_character) {
    const std::string text = "aä世🙂";   // 1 + 2 + 3 + 4 bytes
    const std::vector<std::size_t> lengths{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (std::size_t limit = 0; limit < lengths.size(); ++limit)
        EXPECT_EQ(utf8_prefix(text, limit).size(), lengths[limit]) << limit;
}

TEST(JoinOr, reads_like_a_sentence) {
    EXPECT_EQ(join_or({}), "");
    EXPECT_EQ(join_or({"a"}), "a");
    EXPECT_EQ(join_or({"a", "b"}), "a or b");
    EXPECT_EQ(join_or({"a", "b", "c"}), "a, b or c");
}

}  // namespace
