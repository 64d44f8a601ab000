#include "core/date_time.hpp"
#include "routing/retry.hpp"

#include "support/scripted_rng.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;

HttpHead with(std::string name, std::string value, WallTime at = {}) {
    return {.status = 429, .headers = {{std::move(name), std::move(value)}}, .received_at = at};
}

TEST(RetryAfter, reads_seconds_with_a_fraction_and_rounds_up_to_the_next_millisecond) {
    EXPECT_EQ(retry_after(with("Retry-After", "2")), 2000ms);
    EXPECT_EQ(retry_after(with("retry-after", " 0.0015 ")), 2ms);
}

TEST(RetryAfter, reads_the_headers_that_count_milliseconds) {
    EXPECT_EQ(retry_after(with("retry-after-ms", "250")), 250ms);
    EXPECT_EQ(retry_after(with("x-amz-retry-after", "1500")), 1500ms);
    EXPECT_EQ(retry_after(with("x-amz-retry-after", "-1")), std::nullopt);
}

TEST(RetryAfter, reads_http_dates_from_the_heads_arrival) {
    const WallTime at = *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(std::chrono::system_clock::to_time_t(at), 784111777);
    EXPECT_EQ(retry_after(with("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT", at)), 3000ms);
    EXPECT_EQ(retry_after(with("retry-after", "Sunday, 06-Nov-94 08:49:40 GMT", at)), 3000ms);
    EXPECT_EQ(retry_after(with("retry-after", "Sun Nov  6 08:49:40 1994", at)), 3000ms);
}

TEST(RetryAfter, ignores_what_does_not_lie_ahead_or_cannot_be_read) {
    const WallTime at = *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
    for (const char* value : {"0", "-5", "soon", "", "nan", "1e999", "12 s", "Sun, 06 Nov 1994 08:49:37 GMT"})
        EXPECT_EQ(retry_after(with("retry-after", value, at)), std::nullopt) << value;
    EXPECT_EQ(retry_after({}), std::nullopt);
}

TEST(RetryAfter, prefers_milliseconds_unless_they_are_useless) {
    HttpHead head = with("retry-after", "3");
    head.headers.push_back({"retry-after-ms", "20"});
    EXPECT_EQ(retry_after(head), 20ms);
    head.headers.back().value = "-1";
    EXPECT_EQ(retry_after(head), 3000ms);
}

TEST(RetryAfter, days_stay_days) { EXPECT_GT(*retry_after(with("retry-after", "99999999999")), 24h); }

TEST(Backoff, doubles_up_to_eight_seconds_less_up_to_a_quarter) {
    test::ConstantRng none;
    test::ConstantRng most(std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(backoff(0, none), 500ms);
    EXPECT_EQ(backoff(1, none), 1000ms);
    EXPECT_EQ(backoff(4, none), 8000ms);
    EXPECT_EQ(backoff(60, none), 8000ms);
    EXPECT_EQ(backoff(0, most), 375ms);
}

}  // namespace
}  // namespace cortex::routing
