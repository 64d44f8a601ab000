#include "schema/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>

namespace cortex::schema {
namespace {

constexpr std::size_t plenty = 100'000'000;

bool found(std::string_view pattern, std::string_view text) {
    const auto compiled = Pattern::compile(pattern);
    EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
    std::size_t budget = plenty;
    return compiled && compiled->found_in(text, budget);
}

TEST(Pattern, finds_what_ecma_script_finds) {
    const struct {
        const char* pattern;
        const char* text;
        bool match;
    } cases[] = {
        {"", "", true}, {"a", "bab", true}, {"^a", "ba", false}, {"a$", "ab", false}, {"^$", "", true}, {"^$", "\n", false},
        {"a|b", "xb", true}, {"^(a|bc)*$", "abcbca", true}, {"^(a|bc)*$", "abcb", false}, {"^a{2,3}$", "aaaa", false},
        {"^a{2,3}$", "aaa", true}, {"^a{2,}$", "aaaaa", true}, {"^a{2}$", "a", false}, {"^(ab){0}c$", "c", true},
        {"^.{3}$", "a\xC3\xA4\xF0\x9F\x98\x80", true}, {"^.$", "\n", false}, {"^.$", "\xE2\x80\xA8", false},
        {"[a-c]", "d", false}, {"[^a-c]", "abc", false}, {"[]", "a", false}, {"[^]", "\n", true}, {"[\\]-]", "-", true},
        {"[\\w-.]", "-", true}, {"[a\\-z]", "b", false}, {"[\xC3\xA4-\xC3\xB6]", "\xC3\xB5", true}, {"\\d", "\xD9\xA1", false},
        {"^\\w+$", "az_09AZ", true}, {"\\W", "a\xC3\xA9", true}, {"^\\s$", "\xC2\xA0", true}, {"\\S", " \t\n", false},
        {"\\bfoo\\b", "a foo b", true}, {"\\bfoo\\b", "afoo b", false}, {"\\Boo", "foo", true}, {"\\x41\\u0042\\u{43}\\t", "ABC\t", true},
        {"^\\ud83d\\ude00$", "\xF0\x9F\x98\x80", true}, {"\\.", "a", false}, {"\\/\\@\\-", "/@-", true}, {"\\cJ", "\n", true},
        {"^a{,3}$", "a{,3}", true}, {"^{x}$", "{x}", true}, {"]", "]", true}, {"(?:ab)+?c", "ababc", true}, {"(?<year>\\d{4})", "in 1999", true},
        {"^(a*)*$", "aaab", false}, {"(|a)+b", "ab", true}, {"^(?:a?){3}$", "aa", true}, {"a|^b", "cb", false}, {"(^a|b$)", "cb", true},
        {"^\\S+@\\S+\\.\\w{2,}$", "someone@example.org", true}, {"^\\d{4}-\\d{2}-\\d{2}$", "2024-13-99", true},
        {"\\0", "a", false}, {"x*", "", true}, {"^x*?$", "xx", true},
    };
    for (const auto& one : cases) EXPECT_EQ(found(one.pattern, one.text), one.match) << one.pattern << " in " << one.text;
}

TEST(Pattern, refuses_what_it_cannot_do_and_what_is_wrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"(?=a)", "look-ahead"}, {"(?!a)", "look-ahead"}, {"(?<=a)", "look-behind"}, {"(?<!a)", "look-behind"}, {"(a)\\1", "back references"},
        {"\\k<a>", "back references"}, {"\\p{L}", "\\p{...} is not supported"}, {"*a", "nothing to repeat"}, {"a**", "nothing to repeat"},
        {"a{2}{3}", "nothing to repeat"}, {"^*", "an anchor cannot be repeated"}, {"(a", "'(' is not closed"}, {"a)", "closes nothing"},
        {"[a", "'[' is not closed"}, {"[b-a]", "runs backwards"}, {"a{3,2}", "run backwards"}, {"\\", "stands at the end"}, {"\\Z", "no such escape"},
        {"\\xg1", "hexadecimal"}, {"\\u{110000}", "no such character"}, {"(?i)a", "no such kind of group"}, {"(?<a", "has no end"},
        {"(a{1000}){1000}", "more than 50000 steps"}, {"\\01", "octal"},
    };
    for (const auto& [pattern, reason] : cases) {
        const auto compiled = Pattern::compile(pattern);
        ASSERT_FALSE(compiled) << pattern;
        EXPECT_THAT(compiled.error().message, testing::HasSubstr(reason)) << pattern;
    }
    EXPECT_FALSE(Pattern::compile(std::string(100'000, '(')));
}

TEST(Pattern, takes_linear_work_where_backtracking_takes_exponential) {
    const auto pattern = Pattern::compile("^(a+)+(a|aa)*$");
    ASSERT_TRUE(pattern);
    const std::string text = std::string(10'000, 'a') + "b";
    std::size_t budget = plenty;
    EXPECT_FALSE(pattern->found_in(text, budget));
    EXPECT_GT(budget, 0U);
    EXPECT_LT(plenty - budget, 40 * text.size());
}

TEST(Pattern, stops_when_the_budget_is_used_up) {
    const auto pattern = Pattern::compile("a{1,100}b");
    ASSERT_TRUE(pattern);
    std::size_t budget = 1000;
    EXPECT_FALSE(pattern->found_in(std::string(10'000, 'a'), budget));
    EXPECT_EQ(budget, 0U);
}

TEST(Pattern, gives_up_early_where_no_match_can_begin_later) {
    const auto pattern = Pattern::compile("^b|^(c|d)");
    ASSERT_TRUE(pattern);
    std::size_t budget = plenty;
    EXPECT_FALSE(pattern->found_in(std::string(100'000, 'a'), budget));
    EXPECT_LT(plenty - budget, 20U);
}

TEST(Pattern, agrees_with_the_standard_library_on_random_patterns) {
    std::mt19937 random(20201228);
    const auto pick = [&random](std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); };
    const std::vector<std::string> atoms = {"a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\w", "1", "(a|b)", "(?:ab)", "(b*)", "\\b"};
    const std::vector<std::string> repeats = {"", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"};
    int matches = 0, total = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string pattern = pick(4) == 0 ? "^" : "";
        for (std::size_t i = 0, terms = 1 + pick(4); i < terms; ++i) {
            const std::string& atom = atoms[pick(atoms.size())];
            pattern += atom + (atom == "\\b" ? "" : repeats[pick(repeats.size())]);
            if (pick(8) == 0) pattern += "|";
        }
        if (pick(4) == 0) pattern += "$";
        const auto mine = Pattern::compile(pattern);
        ASSERT_TRUE(mine) << pattern;
        const std::regex theirs(pattern, std::regex::ECMAScript);
        for (int i = 0; i < 10; ++i) {
            std::string text;
            for (std::size_t length = pick(8); length > 0; --length) text.push_back("abc1 "[pick(5)]);
            std::size_t budget = plenty;
            const bool match = std::regex_search(text, theirs);
            EXPECT_EQ(mine->found_in(text, budget), match) << pattern << " in \"" << text << '"';
            matches += match ? 1 : 0;
            ++total;
        }
    }
    EXPECT_GT(matches, total / 5);
    EXPECT_LT(matches, total);
}

}  // namespace
}  // namespace cortex::schema
