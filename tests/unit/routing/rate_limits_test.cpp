#include "routing/rate_limits.hpp"

#include "core/date_time.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;

const WallTime noon = *parse_iso8601("2026-04-05T12:00:00Z");

HttpHead head(std::vector<HttpHeader> headers) { return {.status = 200, .headers = std::move(headers), .received_at = noon}; }

TEST(RateLimits, reads_anthropics_headers) {
    const auto limits = parse_rate_limits(head({{"anthropic-ratelimit-requests-limit", "20000"},
                                                {"anthropic-ratelimit-requests-remaining", "19999"},
                                                {"anthropic-ratelimit-requests-reset", "2026-04-05T12:00:03Z"},
                                                {"anthropic-ratelimit-input-tokens-limit", "4000000"},
                                                {"anthropic-ratelimit-input-tokens-remaining", "0"},
                                                {"anthropic-ratelimit-input-tokens-reset", "2026-04-05T12:00:41.25Z"},
                                                {"anthropic-ratelimit-output-tokens-limit", "800000"},
                                                {"anthropic-ratelimit-tokens-remaining", "4800000"}}));
    EXPECT_EQ(limits.requests, (RateCounter{.limit = 20000, .remaining = 19999, .reset = 3s}));
    EXPECT_EQ(limits.input_tokens, (RateCounter{.limit = 4'000'000, .remaining = 0, .reset = 41'250ms}));
    EXPECT_EQ(limits.output_tokens, (RateCounter{.limit = 800'000}));
    EXPECT_EQ(limits.tokens, (RateCounter{.remaining = 4'800'000}));
    EXPECT_FALSE(limits.requests.exhausted());
    EXPECT_TRUE(limits.input_tokens.exhausted());
    EXPECT_EQ(limits.exhausted_for(), 41'250ms);
}

TEST(RateLimits, measures_moments_from_the_answers_own_date) {
    const std::vector<HttpHeader> headers{{"anthropic-ratelimit-requests-remaining", "0"}, {"anthropic-ratelimit-requests-reset", "2026-04-05T13:00:10Z"}};
    EXPECT_EQ(parse_rate_limits(head(headers)).requests.reset, 3610s);
    auto dated = headers;
    dated.push_back({"date", "Sun, 05 Apr 2026 13:00:00 GMT"});
    EXPECT_EQ(parse_rate_limits(head(dated)).requests.reset, 10s) << "our clock is an hour behind";
    dated.back().value = "today";
    EXPECT_EQ(parse_rate_limits(head(dated)).requests.reset, 3610s);
}

TEST(RateLimits, reads_the_common_headers) {
    const auto limits = parse_rate_limits(head({{"x-ratelimit-limit-requests", "500"},
                                                {"X-RateLimit-Remaining-Requests", "499"},
                                                {"x-ratelimit-reset-requests", "120ms"},
                                                {"x-ratelimit-limit-tokens", "200000"},
                                                {"x-ratelimit-remaining-tokens", "0"},
                                                {"x-ratelimit-reset-tokens", "6m0s"}}));
    EXPECT_EQ(limits.requests, (RateCounter{.limit = 500, .remaining = 499, .reset = 120ms}));
    EXPECT_EQ(limits.tokens, (RateCounter{.limit = 200'000, .remaining = 0, .reset = 360s}));
    EXPECT_EQ(limits.exhausted_for(), 360s);
}

TEST(RateLimits, reads_durations_as_go_writes_them_and_plain_seconds) {
    const auto reset = [](std::string text) { return parse_rate_limits(head({{"x-ratelimit-reset-tokens", std::move(text)}})).tokens.reset; };
    const std::pair<const char*, std::chrono::milliseconds> good[] = {
        {"120ms", 120ms},   {"1s", 1s},           {"6m0s", 6min},        {"2m52.8s", 172'800ms}, {"1h2m3s", 3723s}, {"1.5ms", 2ms}, {"59.5", 59'500ms},
        {"60", 60s},        {" 7.66s ", 7'660ms}, {"500us", 1ms},        {"20\xC2\xB5s", 1ms},   {"3ns", 1ms},      {"24h", 24h},   {"1h0m0.001s", 3'600'001ms},
    };
    for (const auto& [text, want] : good) EXPECT_EQ(reset(text), want) << text;
    for (const char* text : {"", "0", "0s", "0h0m0s", "-1s", "-60", "soon", "s", "1h2", "1 s", "1x", "1e3s", "nan", "inf", "infs", ".5s", "25h", "1775390400", "1775390400000",
                             "2026-04-05T12:00:03Z", "9999999999999999999999h"})
        EXPECT_EQ(reset(text), std::nullopt) << text;
}

TEST(RateLimits, what_makes_no_sense_is_absent) {
    for (const char* count : {"", "many", "-1", "1.5", "12 ", "0x10", "99999999999999999999"}) {
        const auto limits = parse_rate_limits(head({{"x-ratelimit-remaining-requests", count}}));
        EXPECT_EQ(limits.requests.remaining, std::string_view(count) == "12 " ? std::optional<std::int64_t>(12) : std::nullopt) << count;
    }
    for (const char* reset : {"", "tomorrow", "2026-04-05T11:59:59Z", "2026-04-05T12:00:00Z", "2026-13-05T12:00:03Z", "9999-12-31T00:00:00Z", "12"})
        EXPECT_EQ(parse_rate_limits(head({{"anthropic-ratelimit-tokens-reset", reset}})).tokens.reset, std::nullopt) << reset;
    EXPECT_EQ(parse_rate_limits(head({})), RateLimits{});
}

TEST(RateLimits, nothing_left_without_a_time_is_unknown_as_azure_sends_it) {
    for (const char* remaining : {"0", "-1"})
        for (const char* limit : {"-1", "0", "100"}) {
            const auto limits = parse_rate_limits(head({{"x-ratelimit-limit-requests", limit}, {"x-ratelimit-remaining-requests", remaining}}));
            EXPECT_EQ(limits.exhausted_for(), std::nullopt) << limit << ", " << remaining;
        }
    EXPECT_EQ(parse_rate_limits(head({{"x-ratelimit-limit-requests", "0"}, {"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "60s"}})).exhausted_for(),
              std::nullopt)
        << "a limit of nothing is none";
    EXPECT_EQ(parse_rate_limits(head({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "60s"}})).exhausted_for(), 60s);
}

TEST(RateLimits, the_last_exhausted_counter_decides) {
    EXPECT_EQ(parse_rate_limits(head({{"x-ratelimit-remaining-requests", "0"},
                                      {"x-ratelimit-reset-requests", "60s"},
                                      {"x-ratelimit-remaining-tokens", "0"},
                                      {"x-ratelimit-reset-tokens", "90s"},
                                      {"x-ratelimit-reset-input-tokens", "900s"}}))
                  .exhausted_for(),
              90s);
}

}  // namespace
}  // namespace cortex::routing
