#include <cortex/config.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using cortex::Thinking;
using Kind = cortex::Thinking::Kind;

TEST(ThinkingOption, is_left_to_the_engine_by_default) { EXPECT_EQ(Thinking().kind(), Kind::automatic); }

TEST(ThinkingOption, reads_the_words_and_numbers_of_the_command_line) {
    EXPECT_EQ(Thinking("auto").kind(), Kind::automatic);
    EXPECT_EQ(Thinking("off").kind(), Kind::off);
    const Thinking budget("4096");
    EXPECT_EQ(budget.kind(), Kind::budget);
    EXPECT_EQ(budget.budget(), 4096);
    EXPECT_EQ(Thinking(2048).budget(), 2048);
}

TEST(ThinkingOption, keeps_numbers_that_are_too_small_for_the_one_who_knows_the_model) {
    EXPECT_EQ(Thinking("0").kind(), Kind::budget);
    EXPECT_EQ(Thinking("-5").budget(), -5);
}

TEST(ThinkingOption, is_invalid_for_anything_else) {
    for (const std::string text :
         {"", "sometimes", "AUTO", "on", "12x", "1e3", "4096.0", " 4096", "99999999999999999999", "0x10"})
        EXPECT_EQ(Thinking(std::string_view(text)).kind(), Kind::invalid) << text;
}

}  // namespace
