#include "brain/lexicon.hpp"
#include "brain/plain_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::brain {
namespace {

TEST(PlainText, folds_case_accents_and_typography) {
    EXPECT_EQ(plain("Größe — «ÉTÉ» don’t"), "grosse - \"ete\" dont");
    EXPECT_EQ(plain("İstanbul ĞÜŞÖÇ ı"), "istanbul gusoc i");
    EXPECT_EQ(plain("Ёлка Привіт"), "елка привіт");
    EXPECT_EQ(plain("أَهْلًا"), "اهلا");
    EXPECT_EQ(plain("ＡＢＣ？ 你好。"), "abc? 你好.");
    EXPECT_EQ(plain("Hãy suy nghĩ"), "hay suy nghi");
}

TEST(PlainText, folds_runs_of_blanks_and_keeps_line_ends) { EXPECT_EQ(plain("  a \t b \n\n c"), "a b\nc"); }

TEST(PlainText, is_never_longer_than_the_text_and_survives_what_is_no_utf8) {
    std::string bytes;
    for (int c = 1; c < 256; ++c) bytes += static_cast<char>(c);
    bytes += "\xE4\xBD";
    std::string out;
    append_plain(bytes + bytes, out);
    EXPECT_LE(out.size(), 3 * 2 * bytes.size());
    EXPECT_FALSE(out.empty());
}

TEST(PlainText, cuts_a_window_between_characters) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "é漢";
    for (std::size_t head = 7; head < 12; ++head) {
        const Window window = window_of(text, head, head + 1);
        for (const std::string_view part : {window.head, window.tail}) {
            for (std::size_t at = 0; at < part.size();) EXPECT_NE(next_character(part, at), 0xFFFDU);
        }
        EXPECT_LE(window.size(), 2 * head + 1);
    }
    EXPECT_EQ(window_of("short", 10, 10).head, "short");
    EXPECT_TRUE(window_of("short", 10, 10).tail.empty());
}

TEST(WordLists, hold_every_phrase_in_plain_form) {
    ASSERT_GT(phrase_count(), 5000U);
    for (std::size_t i = 0; i < phrase_count(); ++i) EXPECT_EQ(plain(phrase(i)), phrase(i));
}

TEST(WordLists, find_every_phrase_that_they_hold) {
    Matches matches;
    for (std::size_t i = 0; i < phrase_count(); ++i) {
        match_at(phrase(i), 0, matches);
        EXPECT_FALSE(matches.empty()) << phrase(i);
    }
}

TEST(WordLists, end_a_phrase_at_a_word_only) {
    Matches matches;
    match_at("hi there", 0, matches);
    EXPECT_EQ(matches.of(Concept::greet).length, 8U);
    match_at("history", 0, matches);
    EXPECT_EQ(matches.of(Concept::greet).length, 0U);
    match_at("你好吗", 0, matches);
    EXPECT_EQ(matches.of(Concept::greet).length, std::string_view("你好").size());
}

}  // namespace
}  // namespace cortex::brain
