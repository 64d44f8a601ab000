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

/// "slow" at provider "one" answers; "second" at "two" is asked after two seconds of silence.
TurnSpec hedged() {
    TurnSpec spec = test::spec_for("hi");
    spec.orchestrator = spec.worker = test::choice(able("slow", "anthropic"), "one");
    spec.fallbacks = {spec.orchestrator, test::choice(able("second", "gemini"), "two"), test::choice(able("third", "openai"), "three")};
    spec.other_providers_only = true;
    spec.health = std::make_shared<routing::Health>();
    spec.ledger = std::make_shared<routing::Ledger>();
    spec.spender = {.user = "u", .session = "s", .run = "s#1"};
    spec.hedges = std::make_shared<routing::AttemptBudget>(0.1, 1, 10);
    spec.hedge_after = 2s;
    return spec;
}

struct Hedged : testing::Test {
    void begin(TurnSpec spec = hedged()) {
        ledger = spec.ledger;
        bench = std::make_unique<Bench>(log, std::move(spec));
        bench->on(TurnStarted{});
        if (const auto* hedge = bench->first<HedgeAt>()) due = *hedge;
    }
    /// The two seconds pass.
    void wait() {
        bench->now = due.when;
        bench->on(HedgeDue{due.call});
    }
    void says(std::size_t lane, const std::string& text) { bench->on(CallDelivered{TextDelta{text}, lane}); }
    void answers(std::size_t lane, const std::string& text) {
        MessageDone message = done(text);
        message.usage = {.input = 10, .output = 3};
        bench->on(CallReturned{routing::CallEnded{.result = message, .partial_text = {}, .attempts = {Attempt{.provider = lane == 0 ? "one" : "two", .outcome = "ok"}},
                                                  .usage = message.usage, .cost = 7, .request_id = {}, .waited = {}},
                               lane});
    }
    void fails(std::size_t lane, ErrorCode code, bool retryable = true, const std::string& why = "no") {
        bench->on(CallReturned{routing::CallEnded{.result = ErrorInfo{.code = code, .message = why, .retryable = retryable, .provider = lane == 0 ? "one" : "two", .http_status = 503},
                                                  .partial_text = {}, .attempts = {Attempt{.provider = lane == 0 ? "one" : "two", .outcome = std::string(to_string(code))}},
                                                  .usage = {}, .cost = 0, .request_id = {}, .waited = {}},
                               lane});
    }
    const StartCall* started() const { return bench->first<StartCall>(); }
    const TurnFinished* finished() const { return bench->first<TurnFinished>(); }

    SessionLog log;
    std::shared_ptr<routing::Ledger> ledger;
    std::unique_ptr<Bench> bench;
    HedgeAt due;
};

TEST_F(Hedged, is_off_unless_asked_for) {
    TurnSpec spec = hedged();
    spec.hedges = nullptr;
    begin(std::move(spec));
    EXPECT_EQ(bench->first<HedgeAt>(), nullptr);
    EXPECT_TRUE(started()->spec.call.stream) << "as the turn streams";
}

TEST_F(Hedged, a_turn_without_streaming_streams_on_the_wire_so_that_silence_can_be_told) {
    TurnSpec spec = hedged();
    spec.streaming = false;
    begin(std::move(spec));
    EXPECT_TRUE(started()->spec.call.stream);
}

TEST_F(Hedged, after_silence_the_next_model_is_asked_beside_the_first_and_the_first_to_speak_answers) {
    begin();
    EXPECT_EQ(due.when, SteadyTime{} + 2s);
    wait();
    ASSERT_NE(started(), nullptr);
    EXPECT_EQ(started()->spec.call.wire_model, "second");
    EXPECT_EQ(started()->lane, 1U);
    EXPECT_EQ(bench->first<CancelCall>(), nullptr) << "the first may still be the first";

    says(1, "hello");
    ASSERT_NE(bench->first<CancelCall>(), nullptr);
    EXPECT_EQ(bench->first<CancelCall>()->lane, 0U);
    fails(0, ErrorCode::cancelled, false, "closed");
    EXPECT_EQ(finished(), nullptr);
    answers(1, "hello");
    ASSERT_NE(finished(), nullptr);
    const Response& response = *finished()->result;
    EXPECT_EQ(response.content, "hello");
    EXPECT_EQ(response.metadata.provider, "two");
    EXPECT_EQ(response.metadata.attempts.size(), 2U) << "both requests are told";
    EXPECT_THAT(response.metadata.degraded, Contains(AllOf(HasSubstr("slow said nothing for 2000 ms"), HasSubstr("second"))));
    EXPECT_THAT(response.metadata.routing.reasons, Contains(HasSubstr("second")));
    const auto report = ledger->report({.model = false, .user = false});
    ASSERT_EQ(report.size(), 2U) << "both are booked, each at its provider";
}

TEST_F(Hedged, where_the_first_speaks_after_all_it_answers_and_the_second_is_closed) {
    begin();
    wait();
    says(0, "he");
    ASSERT_NE(bench->first<CancelCall>(), nullptr);
    EXPECT_EQ(bench->first<CancelCall>()->lane, 1U);
    fails(1, ErrorCode::cancelled, false);
    says(1, "late words of the second are nobody's");
    EXPECT_EQ(bench->first<EmitChunk>(), nullptr);
    says(0, "llo");
    answers(0, "hello");
    EXPECT_EQ(finished()->result->content, "hello");
    EXPECT_EQ(finished()->result->metadata.provider, "one");
    EXPECT_THAT(finished()->result->metadata.degraded, testing::Not(Contains(HasSubstr("said nothing"))));
}

TEST_F(Hedged, a_model_that_has_begun_is_not_doubted) {
    begin();
    says(0, "he");
    wait();
    EXPECT_EQ(started(), nullptr);
}

TEST_F(Hedged, a_time_of_an_earlier_call_means_nothing) {
    begin();
    fails(0, ErrorCode::unavailable);
    ASSERT_EQ(started()->spec.call.wire_model, "second") << "failed over";
    wait();
    EXPECT_EQ(started(), nullptr);
}

TEST_F(Hedged, the_beginning_of_a_message_is_no_token) {
    begin();
    bench->on(CallDelivered{MessageStarted{"id", "slow"}, 0});
    wait();
    EXPECT_NE(started(), nullptr);
}

TEST_F(Hedged, an_answer_without_text_counts_once_it_is_whole_and_waits_for_the_other_to_be_closed) {
    begin();
    wait();
    answers(1, "");
    ASSERT_NE(bench->first<CancelCall>(), nullptr);
    EXPECT_EQ(finished(), nullptr) << "the bill of the other one is not there yet";
    fails(0, ErrorCode::cancelled, false);
    ASSERT_NE(finished(), nullptr);
    EXPECT_EQ(finished()->result->metadata.provider, "two");
    EXPECT_EQ(finished()->result->metadata.attempts.size(), 2U);
}

TEST_F(Hedged, where_the_first_fails_the_second_goes_on_alone_and_nobody_is_asked_twice) {
    begin();
    wait();
    fails(0, ErrorCode::unavailable);
    EXPECT_EQ(started(), nullptr) << "the second is at it already";
    EXPECT_EQ(finished(), nullptr);
    says(1, "hello");
    answers(1, "hello");
    EXPECT_EQ(finished()->result->metadata.provider, "two");
    EXPECT_THAT(finished()->result->metadata.degraded, Contains(HasSubstr("slow did not answer (unavailable)")));
}

TEST_F(Hedged, where_the_second_fails_the_first_goes_on_and_where_both_do_the_third_is_asked) {
    begin();
    wait();
    fails(1, ErrorCode::auth, false, "wrong key");
    EXPECT_EQ(finished(), nullptr) << "a second request may not end the turn";
    fails(0, ErrorCode::network);
    ASSERT_NE(started(), nullptr);
    EXPECT_EQ(started()->spec.call.wire_model, "third");
    EXPECT_EQ(started()->lane, 0U);
}

TEST_F(Hedged, what_only_the_user_can_cure_is_raised_though_a_second_model_was_asked) {
    begin();
    wait();
    fails(0, ErrorCode::auth, false, "wrong key");
    ASSERT_NE(bench->first<CancelCall>(), nullptr);
    EXPECT_EQ(bench->first<CancelCall>()->lane, 1U);
    fails(1, ErrorCode::cancelled, false);
    ASSERT_NE(finished(), nullptr);
    EXPECT_EQ(finished()->result.error().code, ErrorCode::auth);
}

TEST_F(Hedged, a_model_that_was_only_slow_is_asked_again_in_the_same_turn) {
    TurnSpec spec = hedged();
    test::give_tools(spec, {{.name = "look"}});
    begin(std::move(spec));
    wait();
    says(1, "let me see");
    fails(0, ErrorCode::cancelled, false);
    MessageDone calling = test::calls({{"c1", "look"}}, "let me see");
    bench->on(CallReturned{routing::CallEnded{.result = calling, .partial_text = {}, .attempts = {Attempt{}}, .usage = {}, .cost = 0, .request_id = {}, .waited = {}}, 1});
    bench->on(ToolReturned{0, ToolOutcome::text("found")});
    ASSERT_NE(started(), nullptr);
    EXPECT_EQ(started()->spec.call.wire_model, "slow");
    EXPECT_EQ(started()->lane, 0U);
}

TEST_F(Hedged, a_cancelled_turn_closes_both) {
    begin();
    wait();
    bench->on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "enough"}});
    EXPECT_EQ(bench->all<CancelCall>().size(), 2U);
    fails(1, ErrorCode::cancelled, false, "enough");
    EXPECT_EQ(finished(), nullptr);
    fails(0, ErrorCode::cancelled, false, "enough");
    ASSERT_NE(finished(), nullptr);
    EXPECT_EQ(finished()->result.error().message, "enough");
}

TEST_F(Hedged, a_second_request_needs_money_and_its_share) {
    TurnSpec poor = hedged();
    ModelInfo cheap = able("slow", "anthropic");
    cheap.prices.base = {.input = 1'000, .output = 1'000};
    ModelInfo dear = able("second", "gemini");
    dear.prices.base = {.input = 900'000'000'000, .output = 900'000'000'000};
    poor.orchestrator = poor.worker = test::choice(cheap, "one");
    poor.fallbacks = {poor.orchestrator, test::choice(dear, "two")};
    poor.max_cost = 100'000'000;
    begin(std::move(poor));
    ASSERT_NE(started(), nullptr);
    wait();
    EXPECT_EQ(started(), nullptr);
    EXPECT_EQ(finished(), nullptr) << "it was only a wish";

    SessionLog other;
    TurnSpec spent = hedged();
    while (spent.hedges->spend()) {}
    Bench b(other, std::move(spent));
    b.on(TurnStarted{});
    b.on(HedgeDue{1});
    EXPECT_EQ(b.first<StartCall>(), nullptr);
    EXPECT_TRUE(std::any_of(other.facts().begin(), other.facts().end(), [](const SessionFact& fact) {
        const auto* decision = std::get_if<DecisionTaken>(&fact);
        return decision != nullptr && decision->what == "hedge" && decision->reasons[0].find("hedge_budget") != std::string::npos;
    })) << "the log tells why";
}

TEST_F(Hedged, a_provider_that_is_down_is_not_asked_as_a_second) {
    TurnSpec spec = hedged();
    spec.fallbacks.resize(2);
    for (int failure = 0; failure < 3; ++failure)
        spec.health->report("two", "second", spec.health->allow("two", "second", SteadyTime{}), routing::CallOutcome::failure, SteadyTime{});
    begin(std::move(spec));
    wait();
    EXPECT_EQ(started(), nullptr);
}

}  // namespace
}  // namespace cortex::agent
