#include "turn_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::agent {
namespace {

using namespace std::chrono_literals;
using test::able;
using test::Bench;
using test::done;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// A turn whose model is "first" at provider "one"; "second" at "two" and "third" at "three" stand by.
TurnSpec chained(const std::string& text = "hi") {
    TurnSpec spec = test::spec_for(text);
    spec.orchestrator = spec.worker = test::choice(able("first", "anthropic"), "one");
    spec.fallbacks = {spec.orchestrator, test::choice(able("second", "gemini"), "two"), test::choice(able("third", "openai"), "three")};
    spec.health = std::make_shared<routing::Health>();
    return spec;
}

ErrorInfo failure(ErrorCode code, bool retryable, const std::string& message = "the service is down") {
    return {.code = code, .message = message, .retryable = retryable, .provider = "one", .model = "first", .http_status = 503};
}

void fail(Bench& b, const ErrorInfo& error, const std::string& partial = {}) {
    routing::CallEnded ended{.result = error, .partial_text = partial, .attempts = {Attempt{.provider = "one", .outcome = std::string(to_string(error.code))}},
                             .usage = {}, .cost = 0, .request_id = {}, .waited = {}};
    b.on(CallReturned{std::move(ended)});
}

std::string asked(const Bench& b) {
    const auto* start = b.first<StartCall>();
    return start == nullptr ? "" : start->spec.call.wire_model;
}

TEST(Failover, the_next_provider_answers_and_the_metadata_tell) {
    SessionLog log;
    Bench b(log, chained());
    b.on(TurnStarted{});
    EXPECT_EQ(asked(b), "first");
    fail(b, failure(ErrorCode::unavailable, true));
    ASSERT_EQ(asked(b), "second");
    EXPECT_EQ(b.first<TurnFinished>(), nullptr);
    b.text("hello");
    b.returned(done("hello"));
    const ResponseMetadata& metadata = b.first<TurnFinished>()->result->metadata;
    EXPECT_EQ(metadata.provider, "two");
    EXPECT_EQ(metadata.attempts.size(), 2U);
    EXPECT_THAT(metadata.degraded, Contains(AllOf(HasSubstr("first did not answer"), HasSubstr("second"))));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "hello");
    EXPECT_EQ(log.state().messages().size(), 2U);
}

TEST(Failover, a_provider_that_failed_is_not_asked_for_its_other_model_unless_somebody_says_so) {
    for (const bool by_default : {true, false}) {
        SessionLog log;
        TurnSpec spec = chained();
        spec.other_providers_only = by_default;
        spec.fallbacks[0] = test::choice(able("sibling", "anthropic"), "one");
        Bench b(log, std::move(spec));
        b.on(TurnStarted{});
        fail(b, failure(ErrorCode::unavailable, true));
        EXPECT_EQ(asked(b), by_default ? "second" : "sibling");
    }
}

TEST(Failover, is_for_what_another_provider_can_help) {
    const struct { ErrorCode code; bool retryable; bool moves; } cases[] = {
        {ErrorCode::unavailable, true, true},     {ErrorCode::network, true, true},          {ErrorCode::timeout, true, true},
        {ErrorCode::rate_limit, true, true},      {ErrorCode::rate_limit, false, false},     {ErrorCode::auth, false, false},
        {ErrorCode::invalid_request, false, false}, {ErrorCode::model_not_found, false, false}, {ErrorCode::context_length, false, false},
        {ErrorCode::content_filter, false, false}, {ErrorCode::provider, false, false},       {ErrorCode::config, false, false}};
    for (const auto& each : cases) {
        SessionLog log;
        Bench b(log, chained());
        b.on(TurnStarted{});
        ErrorInfo error = failure(each.code, each.retryable);
        if (!each.moves) error.http_status = each.code == ErrorCode::provider ? 402 : 400;
        fail(b, error);
        EXPECT_EQ(asked(b), each.moves ? "second" : "") << to_string(each.code) << ' ' << each.retryable;
        if (!each.moves) {
            ASSERT_NE(b.first<TurnFinished>(), nullptr);
            EXPECT_EQ(b.first<TurnFinished>()->result.error().code, each.code);
        }
    }
}

TEST(Failover, a_refused_key_is_passed_over_only_by_choice_and_failover_can_be_switched_off) {
    SessionLog log;
    TurnSpec spec = chained();
    spec.failover.on_auth_error = true;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    fail(b, failure(ErrorCode::auth, false));
    EXPECT_EQ(asked(b), "second");

    TurnSpec off = chained();
    off.failover.failover = false;
    Bench c(log, std::move(off));
    c.on(TurnStarted{});
    fail(c, failure(ErrorCode::unavailable, true));
    EXPECT_EQ(asked(c), "");
}

TEST(Failover, when_all_are_down_one_error_lists_each) {
    SessionLog log;
    Bench b(log, chained());
    b.on(TurnStarted{});
    fail(b, failure(ErrorCode::unavailable, true, "overloaded"));
    fail(b, {.code = ErrorCode::network, .message = "connection refused", .retryable = true, .provider = "two", .model = "second"});
    EXPECT_EQ(asked(b), "third");
    fail(b, {.code = ErrorCode::timeout, .message = "no answer", .retryable = true, .provider = "three", .model = "third"});
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    const ErrorInfo& error = b.first<TurnFinished>()->result.error();
    EXPECT_THAT(error.message, AllOf(HasSubstr("first"), HasSubstr("overloaded"), HasSubstr("second"), HasSubstr("connection refused"), HasSubstr("third"), HasSubstr("no answer")));
    EXPECT_TRUE(log.state().messages().empty()) << "the turn left the conversation";
}

TEST(Failover, the_log_names_what_the_next_model_does_not_get) {
    SessionLog log;
    {
        Bench b(log, chained());
        b.on(TurnStarted{});
        MessageDone answer = done("hello");
        answer.message.content.insert(answer.message.content.begin(), {.value = ThinkingBlock{"hm", "sig"}, .raw = {}});
        answer.message.origin = {.provider = "one", .model = "first", .account = {}};
        answer.usage = {.input = 10, .output = 3};
        b.on(CallReturned{routing::CallEnded{answer, {}, {Attempt{}}, answer.usage, 7, "req_1", 5ms}});
    }
    Bench b(log, chained());
    b.on(TurnStarted{});
    fail(b, failure(ErrorCode::unavailable, true));
    std::vector<std::string> told;
    for (const SessionFact& fact : log.facts())
        if (const auto* decision = std::get_if<DecisionTaken>(&fact); decision != nullptr && decision->what == "translation")
            told.insert(told.end(), decision->reasons.begin(), decision->reasons.end());
    EXPECT_EQ(told, std::vector<std::string>{"second does not get the thinking of first (1 block)"});
}

TEST(Failover, a_turn_that_is_ended_from_outside_says_so_whatever_failed_before) {
    for (const ErrorCode code : {ErrorCode::timeout, ErrorCode::cancelled}) {
        SessionLog log;
        Bench b(log, chained());
        b.on(TurnStarted{});
        fail(b, failure(ErrorCode::unavailable, true));
        ASSERT_EQ(asked(b), "second");
        const ErrorInfo reason{.code = code, .message = "enough", .retryable = code == ErrorCode::timeout};
        b.on(TurnCancelled{reason});
        fail(b, reason);
        ASSERT_NE(b.first<TurnFinished>(), nullptr);
        EXPECT_EQ(b.first<TurnFinished>()->result.error().code, code);
    }
}

TEST(Failover, nobody_takes_over_behind_text_that_was_seen) {
    SessionLog log;
    Bench b(log, chained());
    b.on(TurnStarted{});
    b.text("The answer");
    fail(b, failure(ErrorCode::network, true), "The answer");
    EXPECT_EQ(asked(b), "");
    EXPECT_EQ(b.first<TurnFinished>()->result.error().partial_content, "The answer");
}

TEST(Failover, text_that_nobody_saw_is_said_anew) {
    SessionLog log;
    TurnSpec spec = chained();
    spec.streaming = false;   // a stream all the same, where the answer may be long
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.text("The ans");
    fail(b, failure(ErrorCode::network, true), "The ans");
    ASSERT_EQ(asked(b), "second");
    b.text("All of it");
    b.returned(done("All of it"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "All of it");
}

TEST(Failover, by_choice_the_next_model_goes_on_in_mid_answer_and_the_stream_says_so) {
    SessionLog log;
    TurnSpec spec = chained();
    spec.continue_in_midstream = true;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.text("One, two");
    fail(b, failure(ErrorCode::network, true), "One, two");
    ASSERT_EQ(asked(b), "second");
    ASSERT_NE(b.first<EmitChunk>(), nullptr);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.chunk_type, ChunkType::continuation);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.model, "second");
    const auto& sent = b.first<StartCall>()->spec.call.messages;
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(text_of(*sent[1]), "One, two");
    EXPECT_EQ(sent[1]->role, Role::assistant);
    EXPECT_THAT(text_of(*sent[2]), HasSubstr("Continue exactly where it ended"));
    b.text(", three");
    b.returned(done(", three"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "One, two, three");
    ASSERT_EQ(log.state().messages().size(), 2U) << "the wish to go on is no part of the conversation";
    EXPECT_EQ(text_of(*log.state().messages()[1]), "One, two, three");
}

TEST(Failover, who_cannot_take_the_request_is_passed_over) {
    SessionLog log;
    TurnSpec spec = chained();
    test::give_tools(spec, {Tool{.name = "look"}});
    ModelInfo without = able("second", "gemini");
    without.tool_use = false;
    spec.fallbacks[1] = test::choice(without, "two");
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    fail(b, failure(ErrorCode::unavailable, true));
    EXPECT_EQ(asked(b), "third");
}

TEST(Failover, a_model_that_keeps_failing_is_not_asked_while_another_answers) {
    auto health = std::make_shared<routing::Health>();
    for (int turn = 0; turn < 4; ++turn) {
        SessionLog log;
        TurnSpec spec = chained();
        spec.health = health;
        Bench b(log, std::move(spec));
        b.on(TurnStarted{});
        EXPECT_EQ(asked(b), turn < 3 ? "first" : "second") << turn;
        if (turn < 3) fail(b, failure(ErrorCode::unavailable, true));
        EXPECT_EQ(asked(b), "second");
        b.returned(done("x"));
    }
    // Where nobody else is left, it is asked all the same.
    SessionLog log;
    TurnSpec alone = chained();
    alone.health = health;
    alone.fallbacks.clear();
    Bench b(log, std::move(alone));
    b.on(TurnStarted{});
    EXPECT_EQ(asked(b), "first");
}

TEST(Failover, a_used_up_rate_limit_sends_the_turn_elsewhere_or_makes_it_wait) {
    auto health = std::make_shared<routing::Health>();
    health->note_retry_after("one", "first", 5s, SteadyTime{});
    SessionLog log;
    TurnSpec spec = chained();
    spec.health = health;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    EXPECT_EQ(asked(b), "second");

    SessionLog other;
    TurnSpec alone = chained();
    alone.health = health;
    alone.fallbacks.clear();
    Bench c(other, std::move(alone));
    c.on(TurnStarted{});
    ASSERT_EQ(asked(c), "first");
    EXPECT_EQ(c.first<StartCall>()->spec.not_before, SteadyTime{} + 5s);
}

TEST(Budget, a_limit_of_a_session_ends_its_next_turn_with_what_there_is) {
    auto ledger = std::make_shared<routing::Ledger>(Budgets{.session = {.tokens = 20'000}});
    const auto spec_of = [&](const std::string& run) {
        TurnSpec spec = test::spec_for("hi");
        spec.orchestrator = spec.worker = test::choice(able("m", "anthropic"));
        spec.ledger = ledger;
        spec.spender = {.user = "u", .session = "s", .run = run};
        return spec;
    };
    SessionLog log;
    {
        Bench b(log, spec_of("s#1"));
        b.on(TurnStarted{});
        ASSERT_NE(b.first<StartCall>(), nullptr);
        MessageDone answer = done("x");
        b.returned(answer, {.input = 15'000, .output = 4'900});
        EXPECT_THAT(b.first<TurnFinished>()->result->metadata.notices, Contains(HasSubstr("session"))) << "four fifths are gone";
    }
    Bench b(log, spec_of("s#2"));
    b.on(TurnStarted{});
    EXPECT_EQ(b.first<StartCall>(), nullptr);
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    const ErrorInfo& error = b.first<TurnFinished>()->result.error();
    EXPECT_EQ(error.code, ErrorCode::budget_exceeded);
    EXPECT_THAT(error.message, AllOf(HasSubstr("session"), HasSubstr("20000")));
}

TEST(Budget, a_price_that_nobody_knows_is_refused_under_a_limit_on_money) {
    SessionLog log;
    TurnSpec spec = test::spec_for("hi");
    spec.ledger = std::make_shared<routing::Ledger>(Budgets{.engine = {.usd = 100.0}});
    spec.spender = {.user = "u", .session = "s", .run = "s#1"};
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::budget_exceeded);
    EXPECT_THAT(b.first<TurnFinished>()->result.error().message, HasSubstr("price"));
}

TEST(Budget, what_a_cancelled_call_used_is_booked_and_what_was_never_sent_is_not) {
    auto ledger = std::make_shared<routing::Ledger>();
    SessionLog log;
    TurnSpec spec = test::spec_for("hi");
    spec.ledger = ledger;
    spec.spender = {.user = "u", .session = "s", .run = "s#1"};
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "enough"}});
    ASSERT_NE(b.first<CancelCall>(), nullptr);
    b.on(CallReturned{routing::CallEnded{.result = ErrorInfo{.code = ErrorCode::cancelled, .message = "enough"}, .partial_text = "Hal", .attempts = {Attempt{}},
                                         .usage = {.input = 12, .output = 3}, .cost = 40, .request_id = {}, .waited = {}, .usage_known = false}});
    const auto report = ledger->report();
    ASSERT_EQ(report.size(), 1U);
    EXPECT_EQ(report[0].input_tokens, 12);
    EXPECT_EQ(report[0].nanodollars, 40);
    EXPECT_EQ(report[0].user, "u");
}

TEST(WarmCache, a_worker_takes_over_only_where_that_is_cheaper) {
    ModelInfo big = able("big", "anthropic");
    big.prices.base = {.input = 3'000'000, .output = 15'000'000, .cache_read = 300'000, .cache_write_5m = 3'750'000};
    ModelInfo small = able("small", "anthropic");
    small.prices.base = {.input = 1'000'000, .output = 5'000'000, .cache_read = 100'000, .cache_write_5m = 1'250'000};
    const auto spec_of = [&](bool hard) {
        TurnSpec spec = test::spec_for("thanks");
        spec.orchestrator = test::choice(big);
        spec.worker = test::choice(small);
        spec.assessment.hard = hard;
        return spec;
    };
    for (const std::int64_t tokens : {std::int64_t{0}, std::int64_t{50'000}}) {
        SessionLog log;
        Bench first(log, spec_of(true));
        first.on(TurnStarted{});
        EXPECT_EQ(asked(first), "big");
        first.returned(done("a long answer"), {.input = 100, .cache_write_5m = tokens, .output = 50});
        Bench second(log, spec_of(false));
        second.on(TurnStarted{});
        EXPECT_EQ(asked(second), tokens == 0 ? "small" : "big") << tokens;
    }
    // After five minutes nothing is left of it.
    SessionLog log;
    Bench first(log, spec_of(true));
    first.on(TurnStarted{});
    first.returned(done("a long answer"), {.input = 100, .cache_write_5m = 50'000, .output = 50});
    Bench later(log, spec_of(false));
    later.now += 10min;
    later.on(TurnStarted{});
    EXPECT_EQ(asked(later), "small");
}

}  // namespace
}  // namespace cortex::agent
