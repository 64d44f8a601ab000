#include "turn_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <map>

namespace cortex::agent {
namespace {

using namespace std::chrono_literals;
using test::Bench;
using test::calls;
using test::done;
using testing::ElementsAre;
using testing::HasSubstr;
using State = TurnMachine::State;

std::vector<std::string> texts(const SessionLog& log) {
    std::vector<std::string> out;
    for (const MessagePtr& message : log.state().messages()) out.push_back((message->role == Role::user ? "u:" : "a:") + text_of(*message));
    return out;
}

TEST(TurnMachine, one_turn_is_one_call_with_the_whole_conversation) {
    SessionLog log;
    Bench first(log);
    first.run("hello");
    Bench second(log, "again");
    second.on(TurnStarted{});
    const auto* start = second.first<StartCall>();
    ASSERT_NE(start, nullptr);
    ASSERT_EQ(start->spec.call.messages.size(), 3U);
    EXPECT_EQ(text_of(*start->spec.call.messages[1]), "hello");
    EXPECT_EQ(text_of(*start->spec.call.messages[2]), "again");
}

TEST(TurnMachine, text_comes_as_chunks_and_the_last_chunk_closes) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.text("Hel");
    ASSERT_NE(b.first<EmitChunk>(), nullptr);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.content, "Hel");
    EXPECT_FALSE(b.first<EmitChunk>()->chunk.is_final);
    b.text("lo");
    b.now += 25ms;
    b.returned(done("Hello"));
    ASSERT_NE(b.first<EmitChunk>(), nullptr);
    EXPECT_TRUE(b.first<EmitChunk>()->chunk.is_final);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.content, "");
    EXPECT_EQ(b.first<EmitChunk>()->chunk.finish_reason, "stop");
    EXPECT_EQ(b.first<EmitChunk>()->chunk.model, "m-served");
    const auto* finished = b.first<TurnFinished>();
    ASSERT_NE(finished, nullptr);
    const Response& response = *finished->result;
    EXPECT_EQ(response.content, "Hello");
    EXPECT_EQ(response.metadata.model_used, "m-served");
    EXPECT_EQ(response.metadata.provider, "vendor");
    EXPECT_EQ(response.metadata.tokens_used, 13);
    EXPECT_EQ(response.metadata.request_id, "req_1");
    EXPECT_DOUBLE_EQ(response.metadata.latency_ms, 25.0);
    EXPECT_DOUBLE_EQ(response.metadata.overhead_ms, 20.0);
    EXPECT_DOUBLE_EQ(*response.metadata.cost_usd, 7e-9);
    EXPECT_EQ(response.metadata.routing.role, "orchestrator");
    EXPECT_THAT(response.metadata.notices, ElementsAre("a notice"));
    EXPECT_EQ(response.metadata.attempts.size(), 1U);
}

TEST(TurnMachine, thinking_is_no_content) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.on(CallDelivered{ThinkingDelta{"hm"}});
    EXPECT_TRUE(b.actions.empty());
    b.text("x");
    b.returned(done("x"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "x");
}

TEST(TurnMachine, a_failed_turn_leaves_the_conversation_and_stays_in_the_log) {
    SessionLog log;
    Bench(log).run("hello");
    Bench b(log, "again");
    b.on(TurnStarted{});
    b.text("half");
    b.failed(ErrorCode::network);
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().partial_content, "half");
    EXPECT_THAT(texts(log), ElementsAre("u:hi", "a:hello"));
    EXPECT_TRUE(std::any_of(log.facts().begin(), log.facts().end(), [](const SessionFact& f) { return std::holds_alternative<CallFailed>(f); }));
}

TEST(TurnMachine, a_cancelled_turn_keeps_what_was_said) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.text("half");
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    EXPECT_NE(b.first<CancelCall>(), nullptr);
    b.failed(ErrorCode::cancelled);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::cancelled);
    EXPECT_THAT(texts(log), ElementsAre("u:hi", "a:half"));
}

TEST(TurnMachine, a_cancelled_turn_without_text_keeps_the_question) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    b.failed(ErrorCode::cancelled);
    EXPECT_THAT(texts(log), ElementsAre("u:hi"));
}

TEST(TurnMachine, an_answer_that_was_already_whole_beats_the_cancellation) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.text("all");
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    b.returned(done("all"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "all");
}

TEST(TurnMachine, cancelled_before_it_began_nothing_happened) {
    SessionLog log;
    Bench b(log);
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    EXPECT_FALSE(b.first<TurnFinished>()->result);
    EXPECT_TRUE(log.facts().empty());
    b.on(TurnStarted{});
    EXPECT_TRUE(b.actions.empty());
}

TEST(TurnMachine, a_refusal_is_an_error_and_its_turn_is_dropped) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    MessageDone refused = done("I can", StopReason::refusal);
    refused.explanation = "policy";
    b.returned(refused);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::content_filter);
    EXPECT_THAT(b.first<TurnFinished>()->result.error().message, HasSubstr("policy"));
    EXPECT_TRUE(log.state().messages().empty());
    EXPECT_EQ(log.state().usage().total(), 13) << "it was paid for";
}

TEST(TurnMachine, a_paused_turn_goes_on_with_its_content_sent_back) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.text("one ");
    b.returned(done("one ", StopReason::pause));
    const auto* start = b.first<StartCall>();
    ASSERT_NE(start, nullptr);
    ASSERT_EQ(start->spec.call.messages.size(), 2U);
    EXPECT_EQ(text_of(*start->spec.call.messages[1]), "one ");
    b.text("two");
    b.returned(done("two"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "one two");
    EXPECT_EQ(b.first<TurnFinished>()->result->metadata.tokens_used, 26);
    EXPECT_EQ(b.first<TurnFinished>()->result->metadata.attempts.size(), 2U);
}

TEST(TurnMachine, a_vendor_that_pauses_for_ever_is_not_followed_for_ever) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    int calls = 1;
    while (b.first<TurnFinished>() == nullptr && calls < 100) {
        b.returned(done("x", StopReason::pause));
        if (b.first<StartCall>() != nullptr) ++calls;
    }
    EXPECT_EQ(calls, 11);
}

TEST(TurnMachine, an_empty_answer_is_not_sent_back) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.returned(done(""));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "");
    EXPECT_THAT(texts(log), ElementsAre("u:hi"));
    EXPECT_EQ(log.state().turns_answered(), 1);
}

TEST(TurnMachine, an_unknown_stop_reason_delivers_the_text_and_says_so) {
    SessionLog log;
    Bench b(log);
    b.on(TurnStarted{});
    b.text("x");
    MessageDone odd = done("x", StopReason::unknown);
    odd.vendor_stop = "tired";
    b.returned(odd);
    const ResponseMetadata& metadata = b.first<TurnFinished>()->result->metadata;
    EXPECT_EQ(metadata.finish_reason, "stop");
    EXPECT_THAT(metadata.notices.back(), HasSubstr("tired"));
}

TEST(SessionLog, the_running_state_is_the_fold_of_the_facts) {
    std::mt19937 random(11);
    for (int session = 0; session < 200; ++session) {
        SessionLog log;
        for (int turn = 0; turn < 6; ++turn) {
            Bench b(log, "q" + std::to_string(turn));
            b.on(TurnStarted{});
            b.text("part");
            switch (random() % 4) {
                case 0: b.returned(done("part")); break;
                case 1: b.failed(ErrorCode::network); break;
                case 2:
                    b.on(TurnCancelled{{.code = ErrorCode::cancelled}});
                    b.failed(ErrorCode::cancelled);
                    break;
                default:
                    b.returned(done("part", StopReason::pause));
                    b.returned(done("", StopReason::stop));
            }
        }
        const SessionState folded = fold(log.facts());
        EXPECT_EQ(folded.messages(), log.state().messages());
        EXPECT_EQ(folded.turns_answered(), log.state().turns_answered());
        EXPECT_EQ(folded.usage(), log.state().usage());
    }
}

/// The table of the architecture page, made by stepping a machine through every pair of state and event.
TEST(TurnMachine, transition_table) {
    const std::vector<std::pair<std::string, std::function<void(Bench&)>>> events{
        {"turn started", [](Bench& b) { b.on(TurnStarted{}); }},
        {"text delivered", [](Bench& b) { b.text("x"); }},
        {"call answered", [](Bench& b) { b.returned(done("x")); }},
        {"call paused by the vendor", [](Bench& b) { b.returned(done("x", StopReason::pause)); }},
        {"call failed", [](Bench& b) { b.failed(ErrorCode::network); }},
        {"call answered with tool calls", [](Bench& b) { b.returned(calls({{"c1", "look"}})); }},
        {"hedge due", [](Bench& b) { b.on(HedgeDue{1}); }},
        {"budget answered", [](Bench& b) { b.on(BudgetAnswered{{.usd = {}, .tokens = 1'000'000}}); }},
        {"budget refused", [](Bench& b) { b.on(BudgetAnswered{}); }},
        {"tool returned", [](Bench& b) { b.on(ToolReturned{0, ToolOutcome::text("found")}); }},
        {"tool timed out", [](Bench& b) { b.on(ToolTimedOut{0}); }},
        {"turn cancelled", [](Bench& b) { b.on(TurnCancelled{{.code = ErrorCode::cancelled}}); }}};
    const std::vector<std::pair<State, std::function<void(Bench&)>>> states{
        {State::idle, [](Bench&) {}},
        {State::calling, [](Bench& b) { b.on(TurnStarted{}); }},
        {State::asking, [](Bench& b) { b.on(TurnStarted{}); }},
        {State::acting, [](Bench& b) { b.on(TurnStarted{}); b.returned(calls({{"c1", "look"}})); }},
        {State::cancelling, [](Bench& b) { b.on(TurnStarted{}); b.on(TurnCancelled{{.code = ErrorCode::cancelled}}); }},
        {State::done, [](Bench& b) { b.run("x"); }}};

    std::string table = "| state | event | next state | actions |\n|---|---|---|---|\n";
    for (const auto& [state, reach] : states) {
        for (const auto& [name, happen] : events) {
            SessionLog log;
            TurnSpec spec = test::spec_for("hi");
            test::give_tools(spec, {{.name = "look"}});
            // A second model stands by, and a limit that somebody may raise stops the turns that come to ask.
            spec.fallbacks = {test::choice({.id = "second", .provider = "gemini", .tool_use = true}, "other")};
            spec.hedges = std::make_shared<routing::AttemptBudget>(0.1, 1, 10);
            spec.hedge_after = std::chrono::seconds(2);
            spec.ledger = std::make_shared<routing::Ledger>(Budgets{.engine = {.tokens = state == State::asking ? 10 : 10'000'000}});
            spec.ask_budget = true;
            Bench b(log, std::move(spec));
            reach(b);
            ASSERT_EQ(b.machine.state(), state);
            happen(b);
            std::string actions;
            for (const TurnAction& action : b.actions) {
                constexpr std::array<const char*, 9> names{"start call", "cancel call", "hedge at", "ask budget", "ask approval", "run tool", "stop tool", "emit chunk", "finish turn"};
                actions += (actions.empty() ? "" : ", ") + std::string(names[action.index()]);
            }
            table += "| " + std::string(to_string(state)) + " | " + name + " | " + std::string(to_string(b.machine.state())) + " | " +
                     (actions.empty() ? "-" : actions) + " |\n";
        }
    }
    std::cout << table;
    std::ifstream file(std::string(CORTEX_WIRE_DIR) + "/../../ARCHITECTURE.md");
    const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_THAT(page, HasSubstr(table)) << "ARCHITECTURE.md holds another table than the one printed above";
}

}  // namespace
}  // namespace cortex::agent
