#include "routing/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <random>
#include <thread>
#include <vector>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;
using State = Verdict::State;

const SteadyTime start{std::chrono::hours(5)};
constexpr const char* provider = "anthropic";
constexpr const char* model = "claude-haiku-4-5";

/// One call from its permission to its end.
Verdict call(Health& health, CallOutcome outcome, SteadyTime now) {
    const Verdict verdict = health.allow(provider, model, now);
    EXPECT_TRUE(verdict.allowed());
    health.report(provider, model, verdict, outcome, now, "503 overloaded");
    return verdict;
}

void fail(Health& health, int times, SteadyTime now) {
    for (int i = 0; i < times; ++i) call(health, CallOutcome::failure, now);
}

Health::Line line(const Health& health, SteadyTime now) {
    const auto lines = health.snapshot(now);
    return lines.empty() ? Health::Line{} : lines.front();
}

TEST(Health, is_assumed_until_three_failures_in_a_row) {
    Health health;
    EXPECT_EQ(health.allow(provider, model, start).state, State::closed);
    fail(health, 2, start);
    call(health, CallOutcome::success, start);
    fail(health, 2, start);
    EXPECT_EQ(health.allow(provider, model, start).state, State::closed);
    fail(health, 1, start);
    const Verdict verdict = health.allow(provider, model, start);
    EXPECT_EQ(verdict.state, State::open);
    EXPECT_EQ(verdict.until, start + 30s);
}

TEST(Health, what_says_nothing_of_the_service_does_not_break_the_row) {
    Health health;
    fail(health, 2, start);
    for (int i = 0; i < 10; ++i) call(health, CallOutcome::neutral, start);
    EXPECT_EQ(health.allow(provider, model, start).state, State::closed);
    fail(health, 1, start);
    EXPECT_EQ(health.allow(provider, model, start).state, State::open);
}

TEST(Health, another_model_and_another_provider_are_not_concerned) {
    Health health;
    fail(health, 3, start);
    EXPECT_EQ(health.allow(provider, "claude-opus-5", start).state, State::closed);
    EXPECT_EQ(health.allow("bedrock", model, start).state, State::closed);
}

TEST(Health, after_the_pause_one_call_is_the_probe_and_its_success_closes) {
    Health health;
    fail(health, 3, start);
    EXPECT_EQ(health.allow(provider, model, start + 30s - 1ns).state, State::open);
    const Verdict probe = health.allow(provider, model, start + 30s);
    EXPECT_EQ(probe.state, State::probe);
    const Verdict second = health.allow(provider, model, start + 31s);
    EXPECT_EQ(second.state, State::open) << "one at a time";
    EXPECT_EQ(second.until, start + 31s);
    health.report(provider, model, probe, CallOutcome::success, start + 32s);
    EXPECT_EQ(health.allow(provider, model, start + 32s).state, State::closed);
    EXPECT_EQ(line(health, start + 32s).consecutive_failures, 0);
}

TEST(Health, a_failing_probe_doubles_the_pause_up_to_five_minutes_and_success_forgets_that) {
    Health health;
    fail(health, 3, start);
    SteadyTime now = start;
    for (const auto pause : {30s, 60s, 120s, 240s, 300s, 300s}) {
        EXPECT_EQ(health.allow(provider, model, now).until, now + pause);
        now += pause;
        EXPECT_EQ(call(health, CallOutcome::failure, now).state, State::probe);
    }
    now += 300s;
    call(health, CallOutcome::success, now);
    fail(health, 3, now);
    EXPECT_EQ(health.allow(provider, model, now).until, now + 30s);
}

TEST(Health, a_cancelled_probe_leaves_the_next_call_to_be_it) {
    Health health;
    fail(health, 3, start);
    EXPECT_EQ(call(health, CallOutcome::neutral, start + 30s).state, State::probe);
    EXPECT_EQ(call(health, CallOutcome::success, start + 30s).state, State::probe);
    EXPECT_EQ(health.allow(provider, model, start + 30s).state, State::closed);
}

TEST(Health, a_probe_that_is_never_reported_is_taken_for_lost) {
    Health health;
    fail(health, 3, start);
    const Verdict lost = health.allow(provider, model, start + 30s);
    EXPECT_EQ(health.allow(provider, model, start + 30s + 659s).state, State::open);
    const Verdict next = health.allow(provider, model, start + 30s + 660s);
    EXPECT_EQ(next.state, State::probe);
    health.report(provider, model, lost, CallOutcome::success, start + 700s);
    EXPECT_EQ(health.allow(provider, model, start + 700s).state, State::open) << "the other is the probe now";
}

TEST(Health, calls_that_began_before_the_circuit_opened_neither_close_it_nor_prolong_its_pause) {
    Health health;
    const Verdict slow = health.allow(provider, model, start);
    fail(health, 3, start);
    health.report(provider, model, slow, CallOutcome::failure, start + 20s);
    health.report(provider, model, slow, CallOutcome::success, start + 20s);
    EXPECT_EQ(health.allow(provider, model, start + 20s).until, start + 30s);
    const Verdict probe = health.allow(provider, model, start + 30s);
    health.report(provider, model, slow, CallOutcome::failure, start + 31s);
    health.report(provider, model, probe, CallOutcome::success, start + 32s);
    EXPECT_EQ(health.allow(provider, model, start + 32s).state, State::closed);
}

TEST(Health, a_call_made_all_the_same_closes_by_success_and_prolongs_nothing) {
    Health health;
    fail(health, 3, start);
    const Verdict open = health.allow(provider, model, start + 5s);
    health.report(provider, model, open, CallOutcome::failure, start + 6s);
    health.report(provider, model, open, CallOutcome::neutral, start + 6s);
    EXPECT_EQ(health.allow(provider, model, start + 7s).until, start + 30s);
    const Verdict probe = health.allow(provider, model, start + 30s);
    health.report(provider, model, open, CallOutcome::success, start + 31s);
    EXPECT_EQ(health.allow(provider, model, start + 31s).state, State::closed);
    health.report(provider, model, probe, CallOutcome::failure, start + 32s);
    EXPECT_EQ(line(health, start + 32s).consecutive_failures, 1) << "counts as any other now";
}

TEST(HealthOutcome, counts_what_the_service_did_wrong) {
    const auto outcome = [](ErrorCode code, int status = 0) { return outcome_of({.code = code, .http_status = status}); };
    for (const int status : {500, 502, 503, 504, 529, 200}) EXPECT_EQ(outcome(ErrorCode::unavailable, status), CallOutcome::failure) << status;
    EXPECT_EQ(outcome(ErrorCode::network), CallOutcome::failure);
    EXPECT_EQ(outcome(ErrorCode::network, 200), CallOutcome::failure) << "a stream that was cut";
    EXPECT_EQ(outcome(ErrorCode::timeout), CallOutcome::failure);
    EXPECT_EQ(outcome(ErrorCode::provider, 501), CallOutcome::failure);
    for (const int status : {408, 409}) EXPECT_EQ(outcome(ErrorCode::unavailable, status), CallOutcome::neutral) << status;
    for (const ErrorCode code : {ErrorCode::rate_limit, ErrorCode::auth, ErrorCode::model_not_found, ErrorCode::invalid_request, ErrorCode::context_length,
                                 ErrorCode::content_filter, ErrorCode::cancelled, ErrorCode::budget_exceeded, ErrorCode::config, ErrorCode::provider,
                                 ErrorCode::protocol})
        EXPECT_EQ(outcome(code, 400), CallOutcome::neutral) << to_string(code);
    EXPECT_EQ(outcome_of({.code = ErrorCode::timeout}, true), CallOutcome::neutral) << "the turn's own time was over";
}

TEST(HealthLimits, tell_how_long_a_used_up_limit_lasts) {
    Health health;
    EXPECT_FALSE(health.exhausted_until(provider, model, start));
    health.note_limits(provider, model, {.requests = {.limit = 10, .remaining = 0, .reset = 20s}, .tokens = {.remaining = 0, .reset = 40s}}, start);
    EXPECT_EQ(health.exhausted_until(provider, model, start), start + 40s);
    EXPECT_FALSE(health.exhausted_until(provider, model, start + 40s)) << "over";
    EXPECT_FALSE(health.exhausted_until(provider, "another", start));
    EXPECT_EQ(health.allow(provider, model, start).state, State::closed) << "a limit is no failure";
}

TEST(HealthLimits, the_newest_head_replaces_the_one_before) {
    Health health;
    health.note_limits(provider, model, {.tokens = {.remaining = 0, .reset = 40s}}, start);
    health.note_limits(provider, model, {.tokens = {.remaining = 5'000, .reset = 30s}}, start + 5s);
    EXPECT_FALSE(health.exhausted_until(provider, model, start + 5s));
}

TEST(HealthLimits, counters_at_nothing_without_a_time_are_unknown) {
    Health health;
    health.note_limits(provider, model, {.requests = {.limit = 100, .remaining = 0}}, start);
    EXPECT_FALSE(health.exhausted_until(provider, model, start));
    EXPECT_TRUE(health.snapshot(start).empty());
}

TEST(HealthLimits, a_refusal_with_a_pause_holds_until_it_is_over_whatever_later_heads_say) {
    Health health;
    health.note_retry_after(provider, model, 90s, start);
    health.note_retry_after(provider, model, 10s, start);
    health.note_retry_after(provider, model, -1ms, start);
    health.note_limits(provider, model, {.tokens = {.remaining = 5'000, .reset = 30s}}, start);
    EXPECT_EQ(health.exhausted_until(provider, model, start + 89s), start + 90s);
    EXPECT_FALSE(health.exhausted_until(provider, model, start + 90s));
    health.note_retry_after(provider, model, std::chrono::milliseconds::max(), start);
    EXPECT_GT(*health.exhausted_until(provider, model, start), start + std::chrono::hours(24)) << "no overflow";
}

TEST(HealthSnapshot, shows_each_state_sorted) {
    Health health;
    health.report("openai", "gpt-6-luna", {}, CallOutcome::success, start);
    fail(health, 3, start);
    health.note_retry_after("anthropic", "a-model", 5s, start);
    const auto lines = health.snapshot(start + 1s);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].model, "a-model");
    EXPECT_EQ(lines[0].exhausted_until, start + 5s);
    EXPECT_EQ(lines[1].model, model);
    EXPECT_EQ(lines[1].state, Health::State::open);
    EXPECT_EQ(lines[1].open_until, start + 30s);
    EXPECT_EQ(lines[1].consecutive_failures, 3);
    EXPECT_EQ(lines[1].last_error, "503 overloaded");
    EXPECT_EQ(lines[2].provider, "openai");
    EXPECT_EQ(lines[2].state, Health::State::closed);
    EXPECT_FALSE(lines[2].open_until);
    EXPECT_EQ(health.snapshot(start + 30s)[1].state, Health::State::half_open);
    call(health, CallOutcome::success, start + 30s);
    EXPECT_EQ(health.snapshot(start + 30s)[1].last_error, "");
    EXPECT_EQ(to_string(Health::State::half_open), "half_open");
}

TEST(HealthThreads, there_is_never_more_than_one_probe_at_a_time) {
    constexpr int threads = 64;
    Health health({.failures_to_open = 1, .open_for = 1s});
    health.report(provider, model, {}, CallOutcome::failure, start);
    std::atomic<int> probing{0};
    std::atomic<int> probes{0};
    std::atomic<int> collisions{0};
    std::barrier together(threads);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&] {
            together.arrive_and_wait();
            for (int round = 0; round < 200; ++round) {
                const Verdict verdict = health.allow(provider, model, start + 10s);
                if (verdict.state != State::probe) continue;
                if (++probing > 1) ++collisions;
                ++probes;
                --probing;
                health.report(provider, model, verdict, CallOutcome::neutral, start + 10s);
            }
        });
    for (std::thread& each : all) each.join();
    EXPECT_EQ(collisions, 0);
    EXPECT_GT(probes, 0);
    EXPECT_EQ(health.allow(provider, model, start + 10s).state, State::probe) << "the slot is free";
}

TEST(HealthProperty, a_closed_circuit_has_fewer_than_three_failures_and_an_open_one_lets_nothing_pass) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random(seed);
        Health health;
        SteadyTime now = start;
        std::vector<Verdict> under_way;
        for (int step = 0; step < 200; ++step) {
            now += std::chrono::seconds(random() % 40);
            const Health::Line before = line(health, now);
            const Verdict verdict = health.allow(provider, model, now);
            ASSERT_EQ(verdict.state == State::closed, before.state == Health::State::closed);
            if (before.state == Health::State::open) {
                ASSERT_EQ(verdict.state, State::open);
                ASSERT_LE(*before.open_until, now + 300s);
            } else if (before.state == Health::State::closed) {
                ASSERT_LT(before.consecutive_failures, 3);
            }
            if (verdict.allowed()) under_way.push_back(verdict);
            while (!under_way.empty() && random() % 3 != 0) {
                const auto at = static_cast<std::ptrdiff_t>(random() % under_way.size());
                health.report(provider, model, under_way[static_cast<std::size_t>(at)], static_cast<CallOutcome>(random() % 3), now, "x");
                under_way.erase(under_way.begin() + at);
            }
        }
    }
}

}  // namespace
}  // namespace cortex::routing
