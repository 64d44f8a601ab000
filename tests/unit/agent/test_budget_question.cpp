#include "turn_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::agent {
namespace {

using test::Bench;
using test::done;
using testing::HasSubstr;
using testing::IsEmpty;

/// A turn that a limit of the whole engine stops before its first call.
TurnSpec stopped(const Budgets& budgets = {.engine = {.tokens = 10}}) {
    TurnSpec spec = test::spec_for("hi");
    spec.ledger = std::make_shared<routing::Ledger>(budgets);
    spec.ask_budget = true;
    return spec;
}

TEST(BudgetQuestion, whoever_may_raise_the_limit_is_asked_and_the_turn_goes_on) {
    SessionLog log;
    TurnSpec spec = test::spec_for("hi");
    spec.orchestrator = spec.worker = test::choice({.id = "m", .provider = "anthropic", .context_window = 200'000, .max_output_tokens = 64'000}, "one");
    spec.ledger = std::make_shared<routing::Ledger>(Budgets{.session = {.tokens = 10}});
    spec.spender = {.user = "u", .session = "s", .run = "s#1"};
    spec.user_id = "u";
    spec.session_id = "s";
    spec.ask_budget = true;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    EXPECT_EQ(b.first<StartCall>(), nullptr);
    EXPECT_EQ(b.machine.state(), TurnMachine::State::asking);
    ASSERT_NE(b.first<AskBudget>(), nullptr);
    const BudgetQuestion question = b.first<AskBudget>()->question;
    EXPECT_EQ(question.scope, "session");
    EXPECT_EQ(question.session_id, "s");
    EXPECT_EQ(question.provider, "one");
    EXPECT_EQ(question.limit.tokens, 10);
    EXPECT_GT(question.needed.tokens, 10);
    EXPECT_FALSE(question.limit.usd);
    EXPECT_THAT(question.message, HasSubstr("budgets.session.tokens"));
    b.on(BudgetAnswered{{.usd = {}, .tokens = 1'000}});
    ASSERT_NE(b.first<StartCall>(), nullptr);
    EXPECT_LE(b.first<StartCall>()->spec.call.params.max_tokens(), 1'010) << "cut to what is allowed now";
    b.text("hello");
    b.returned(done("hello"));
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "hello");
}

TEST(BudgetQuestion, an_empty_answer_leaves_the_limit_and_too_little_is_asked_about_three_times) {
    for (const bool stingy : {false, true}) {
        SessionLog log;
        Bench b(log, stopped());
        b.on(TurnStarted{});
        int questions = 0;
        while (b.first<AskBudget>() != nullptr) {
            ++questions;
            b.on(BudgetAnswered{{.usd = {}, .tokens = stingy ? std::optional<std::int64_t>(1) : std::nullopt}});
        }
        EXPECT_EQ(questions, stingy ? 3 : 1);
        ASSERT_NE(b.first<TurnFinished>(), nullptr);
        EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::budget_exceeded);
    }
}

TEST(BudgetQuestion, is_not_asked_where_no_sum_would_help_or_nobody_is_there) {
    for (const bool asks : {true, false}) {
        SessionLog log;
        TurnSpec spec = stopped({.engine = asks ? Budget{.usd = 1.0} : Budget{.tokens = 10}});   // nobody knows the model's price
        spec.ask_budget = asks;
        Bench b(log, std::move(spec));
        b.on(TurnStarted{});
        EXPECT_EQ(b.first<AskBudget>(), nullptr);
        ASSERT_NE(b.first<TurnFinished>(), nullptr);
        EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::budget_exceeded);
    }
}

TEST(BudgetQuestion, a_turn_can_be_ended_while_it_waits_for_the_answer) {
    SessionLog log;
    Bench b(log, stopped());
    b.on(TurnStarted{});
    b.on(TurnCancelled{{.code = ErrorCode::timeout, .message = "too long"}});
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::timeout);
    b.on(BudgetAnswered{{.usd = {}, .tokens = 1'000'000}});
    EXPECT_THAT(b.actions, IsEmpty());
}

}  // namespace
}  // namespace cortex::agent
