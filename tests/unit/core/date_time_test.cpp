// Dates of HTTP headers and of credentials: own cases, and the published ones where this machine has them.

#include "core/date_time.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>

namespace cortex {
namespace {

using namespace std::chrono_literals;

WallTime at(std::int64_t seconds, std::chrono::nanoseconds more = 0ns) {
    return WallTime(std::chrono::seconds(seconds)) + more;
}

constexpr WallTime first_day = std::chrono::sys_days(std::chrono::year(1678) / 1 / 1);
constexpr WallTime last_second = WallTime(std::chrono::sys_days(std::chrono::year(2262) / 1 / 1)) - 1s;

TEST(HttpDate, all_three_forms_of_the_standards_own_example) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), at(784'111'777));
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), at(784'111'777));
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), at(784'111'777));
    EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994"), at(784'111'777 + 10 * 86'400));
    EXPECT_EQ(parse_http_date(" sun, 06 nov 1994 08:49:37 gmt\r\n"), at(784'111'777));
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37.25 GMT"), at(784'111'777, 250ms));
    EXPECT_EQ(parse_http_date("Thursday, 01-Jan-70 00:00:00 GMT"), at(0));
    EXPECT_EQ(parse_http_date("Friday, 01-Jan-38 00:00:00 GMT"), at(2'145'916'800));
}

TEST(HttpDate, anything_else_is_nothing) {
    for (const char* text : {"", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "06 Nov 1994 08:49:37 GMT",
                             "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37. GMT", "Xyz, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 06 Nov 1994 08:4a:37 GMT", "2026-11-28T12:00:00Z"})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(Iso8601, the_ways_in_which_clouds_write_one_moment) {
    const WallTime noon = at(1'795'867'200);
    for (const char* text : {"2026-11-28T12:00:00Z", "2026-11-28t12:00:00z", "2026-11-28T12:00:00", "2026-11-28T12:00:00UTC",
                             "2026-11-28T12:00:00+00:00", "2026-11-28T12:00:00+0000", "2026-11-28T12:00:00-00:00",
                             "2026-11-28 12:00:00+00:00", "2026-11-28T12:00:00.000Z", "2026-11-28T13:30:00+01:30",
                             "2026-11-27T22:15:00-1345", "2026-11-28T11:59:60Z"})
        EXPECT_EQ(parse_iso8601(text), noon) << text;
    EXPECT_EQ(parse_iso8601("2026-11-28T12:00:00.5Z"), noon + 500ms);
    EXPECT_EQ(parse_iso8601("2026-11-28T12:00:00.123456789123+00:00"), noon + 123'456'789ns);
    EXPECT_EQ(parse_iso8601("2024-02-29T00:00:00Z"), at(1'709'164'800));
}

TEST(Iso8601, anything_else_is_nothing) {
    for (const char* text : {"", "never", "2026-11-28", "2026-11-28T12:00Z", "2026-11-28T12:00:00.Z", "2026-02-29T12:00:00Z",
                             "2026-13-01T12:00:00Z", "2026-00-01T12:00:00Z", "2026-11-31T12:00:00Z", "2026-11-28T24:00:00Z",
                             "2026-11-28T12:60:00Z", "2026-11-28T12:00:61Z", "2026-11-28T12:00:00+1", "2026-11-28T12:00:00+24:00",
                             "2026-11-28T12:00:00+00:60", "2026-11-28T12:00:00 Z", " 2026-11-28T12:00:00Z", "2026-11-28T12:00:00Z ",
                             "2026-11-28T12:00:00CET", "1795867200", "20261128T120000Z", "-2026-11-28T12:00:00Z"})
        EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
}

TEST(Iso8601, dates_beyond_the_clock_become_its_ends) {
    EXPECT_EQ(parse_iso8601("9999-12-31T23:59:59.999Z"), last_second);
    EXPECT_EQ(parse_iso8601("0001-01-01T00:00:00Z"), first_day);
    EXPECT_EQ(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT"), last_second);
    EXPECT_EQ(parse_iso8601("2261-12-31T23:59:58.5Z"), last_second - 500ms);
}

TEST(DateTime, what_is_written_is_what_was_read_in_whole_seconds) {
    for (const char* text : {"2026-11-28T12:00:00Z", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
                             "1678-01-01T00:00:00Z", "2261-12-31T23:59:59Z"}) {
        const auto when = parse_iso8601(text);
        ASSERT_TRUE(when) << text;
        EXPECT_EQ(format_iso8601(*when), text);
        EXPECT_EQ(format_iso8601(*when + 999ms), text) << "rounded down";
    }
    EXPECT_EQ(format_basic(at(1'440'938'160)), "20150830T123600Z");
}

TEST(PublishedDates, every_case_of_the_parsers_halves) {
    const std::string path = CORTEX_TESTDATA "/date-time/date_time_format_test_suite.json";
    std::ifstream file(path);
    if (!file) GTEST_SKIP() << "published vectors are not on this machine: " << path;
    std::stringstream text;
    text << file.rdbuf();
    const boost::json::value suite = boost::json::parse(text.str());
    std::size_t clamped = 0;
    const auto run = [&](const char* section, auto parse) {
        const auto& cases = suite.at(section).as_array();
        EXPECT_FALSE(cases.empty()) << section;
        for (const auto& item : cases) {
            const std::string input(item.at("smithy_format_value").as_string());
            const auto read = parse(input);
            if (item.at("error").as_bool()) {
                EXPECT_EQ(read, std::nullopt) << section << ' ' << input;
                continue;
            }
            ASSERT_TRUE(read) << section << ' ' << input;
            const std::int64_t seconds = std::stoll(std::string(item.at("canonical_seconds").as_string()));
            const std::int64_t nanos = item.at("canonical_nanos").to_number<std::int64_t>();
            const std::chrono::sys_seconds wanted{std::chrono::seconds(seconds)};
            if (wanted < std::chrono::floor<std::chrono::seconds>(first_day)) {
                ++clamped;
                EXPECT_EQ(*read, first_day) << input;
            } else if (wanted > std::chrono::floor<std::chrono::seconds>(last_second)) {
                ++clamped;
                EXPECT_EQ(*read, last_second) << input;
            } else {
                EXPECT_EQ(*read, at(seconds, std::chrono::nanoseconds(nanos))) << input;
            }
        }
        std::cout << section << ": " << cases.size() << " cases run\n";
    };
    run("parse_http_date", parse_http_date);
    run("parse_date_time", parse_iso8601);
    std::cout << clamped << " of them lie beyond the clock's years and must become its ends; parse_epoch_seconds ("
              << suite.at("parse_epoch_seconds").as_array().size()
              << ") and the format halves are not applicable: nothing here reads or writes those\n";
}

}  // namespace
}  // namespace cortex
