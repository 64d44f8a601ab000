#include "routing/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cortex::routing {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t cent = 10'000'000;   // nano-dollars

const Spender ann{.user = "ann", .session = "s1", .run = "r1"};

Spending paid(std::int64_t cost, Usage usage = {}) { return {.provider = "anthropic", .model = "claude-haiku-4-5", .usage = usage, .cost = cost}; }

/// Spends at once what it reserves.
Settlement spend(Ledger& ledger, const Spender& who, std::int64_t cost, Usage usage = {}) {
    auto reserved = ledger.reserve(who, {.money = cost, .tokens = usage.total()});
    EXPECT_TRUE(reserved) << reserved.error().message;
    return reserved ? reserved->settle(paid(cost, usage)) : Settlement{};
}

TEST(Ledger, without_limits_everything_is_allowed_and_no_room_is_told) {
    Ledger ledger;
    auto reserved = ledger.reserve(ann, {.money = std::nullopt, .tokens = INT64_MAX});
    ASSERT_TRUE(reserved);
    EXPECT_FALSE(ledger.room(ann).money);
    EXPECT_FALSE(ledger.room(ann).tokens);
}

TEST(Ledger, what_is_reserved_cannot_be_reserved_again_until_it_is_settled_or_given_back) {
    Ledger ledger({.run = {.usd = 0.10}});
    {
        const auto first = ledger.reserve(ann, {.money = 8 * cent});
        ASSERT_TRUE(first);
        EXPECT_EQ(ledger.room(ann).money, 2 * cent);
        EXPECT_FALSE(ledger.reserve(ann, {.money = 3 * cent}));
    }
    EXPECT_EQ(ledger.room(ann).money, 10 * cent) << "destroyed unsettled: never sent";
    auto second = *ledger.reserve(ann, {.money = 10 * cent});
    second.settle(paid(4 * cent));
    EXPECT_EQ(ledger.room(ann).money, 6 * cent);
}

TEST(Ledger, a_limit_may_be_used_up_to_the_last_nano_dollar_and_no_further) {
    Ledger ledger({.engine = {.usd = 0.000000002, .tokens = 5}});
    const auto all = ledger.reserve(ann, {.money = 2, .tokens = 5});
    ASSERT_TRUE(all);
    EXPECT_FALSE(ledger.reserve(ann, {.money = 1}));
    EXPECT_FALSE(ledger.reserve(ann, {.tokens = 1}));
    EXPECT_TRUE(ledger.reserve(ann, {})) << "what needs nothing is no breach";
}

TEST(Ledger, either_all_scopes_give_or_none) {
    const Budgets budgets{.run = {.usd = 1.0}, .session = {.usd = 1.0}, .user = {.usd = 0.05}, .engine = {.usd = 1.0}};
    Ledger ledger(budgets);
    ASSERT_FALSE(ledger.reserve(ann, {.money = 6 * cent}));
    EXPECT_EQ(ledger.room({.session = "s1", .run = "r1"}).money, 100 * cent) << "the others are untouched";
}

TEST(Ledger, each_scope_has_its_own_accounts) {
    struct Case { Budgets budgets; Spender other; bool shared; };
    const Budget small{.usd = 0.01};
    const Case cases[] = {
        {{.run = small}, {.user = "ann", .session = "s1", .run = "r2"}, false},
        {{.session = small}, {.user = "ann", .session = "s1", .run = "r2"}, true},
        {{.session = small}, {.user = "ann", .session = "s2", .run = "r2"}, false},
        {{.user = small}, {.user = "ann", .session = "s2", .run = "r2"}, true},
        {{.user = small}, {.user = "bob", .session = "s2", .run = "r2"}, false},
        {{.engine = small}, {.user = "bob", .session = "s2", .run = "r2"}, true},
        {{.call = small}, ann, false},
    };
    for (const Case& each : cases) {
        Ledger ledger(each.budgets);
        const auto first = ledger.reserve(ann, {.money = cent});
        ASSERT_TRUE(first);
        EXPECT_EQ(ledger.reserve(each.other, {.money = cent}).has_value(), !each.shared) << &each - cases;
    }
}

TEST(Ledger, a_calls_own_limit_holds_for_each_call_alone) {
    Ledger ledger({.call = {.usd = 0.02, .tokens = 100}});
    EXPECT_TRUE(ledger.reserve(ann, {.money = 2 * cent, .tokens = 100}));
    const auto dear = ledger.reserve(ann, {.money = 2 * cent + 1});
    ASSERT_FALSE(dear);
    EXPECT_THAT(dear.error().message, AllOf(HasSubstr("one call"), HasSubstr("budgets.call.usd"), HasSubstr("0.020000001")));
    EXPECT_FALSE(ledger.reserve(ann, {.tokens = 101}));
    EXPECT_EQ(ledger.room(ann).tokens, 100);
}

TEST(Ledger, a_refusal_names_scope_limit_spent_reserved_needed_and_remedy) {
    Ledger ledger({.user = {.usd = 1.0, .tokens = 1000}});
    spend(ledger, ann, 40 * cent, {.input = 100, .output = 50});
    const auto held = ledger.reserve(ann, {.money = 50 * cent, .tokens = 10});
    const auto refused = ledger.reserve(ann, {.money = 12 * cent});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::budget_exceeded);
    EXPECT_FALSE(refused.error().retryable);
    EXPECT_EQ(refused.error().message,
              "The budget of user \"ann\" does not allow the call: limit 1.00 USD, spent 0.40, reserved by calls under way 0.50, needed at most 0.12. "
              "Raise budgets.user.usd, lower max_tokens, shorten the conversation, or choose a cheaper model.");
    EXPECT_EQ(ledger.reserve(ann, {.tokens = 900}).error().message,
              "The budget of user \"ann\" does not allow the call: limit 1000 tokens, spent 150, reserved by calls under way 10, needed at most 900. "
              "Raise budgets.user.tokens, lower max_tokens, or shorten the conversation.");
}

TEST(Ledger, the_narrowest_limit_that_refuses_is_the_one_that_is_named) {
    const Budget tight{.usd = 0.01};
    Ledger ledger({.run = tight, .session = tight, .engine = tight});
    const auto breach = ledger.breach(ann, {.money = 2 * cent});
    ASSERT_TRUE(breach);
    EXPECT_EQ(breach->scope, Scope::run);
    EXPECT_EQ(breach->key, "r1");
    EXPECT_EQ(breach->of, Breach::Of::money);
    EXPECT_EQ(breach->needed, 2 * cent);
    EXPECT_FALSE(ledger.breach(ann, {.money = cent}));
    EXPECT_EQ(ledger.check(ann, {.money = 2 * cent}).error().message, ledger.reserve(ann, {.money = 2 * cent}).error().message);
    EXPECT_TRUE(ledger.check(ann, {.money = cent}));
}

TEST(Ledger, an_unknown_price_is_refused_wherever_money_is_limited_and_only_there) {
    for (const Budgets& budgets : {Budgets{.call = {.usd = 1.0}}, Budgets{.run = {.usd = 1.0}}, Budgets{.session = {.usd = 1.0}},
                                   Budgets{.user = {.usd = 1.0}}, Budgets{.engine = {.usd = 1.0}}}) {
        Ledger ledger(budgets);
        const auto refused = ledger.reserve(ann, {.money = std::nullopt, .tokens = 1});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::budget_exceeded);
        EXPECT_THAT(refused.error().message, AllOf(HasSubstr("price of the model is unknown"), HasSubstr("budgets."), HasSubstr("models_path")));
    }
    Ledger tokens_only({.engine = {.tokens = 10}});
    EXPECT_TRUE(tokens_only.reserve(ann, {.money = std::nullopt, .tokens = 10}));
    Ledger runs_own;
    runs_own.limit_run("r1", {.money = cent});
    EXPECT_FALSE(runs_own.reserve(ann, {.money = std::nullopt}));
    EXPECT_TRUE(runs_own.reserve({.user = "ann", .run = "r2"}, {.money = std::nullopt}));
}

TEST(Ledger, a_runs_own_limit_holds_beside_the_general_one) {
    Ledger ledger({.run = {.usd = 0.05}});
    ledger.limit_run("r1", {.money = 2 * cent});
    ledger.limit_run("r2", {.money = 9 * cent});
    EXPECT_EQ(ledger.room(ann).money, 2 * cent);
    EXPECT_THAT(ledger.reserve(ann, {.money = 3 * cent}).error().message, HasSubstr("Raise max_cost"));
    const Spender second{.run = "r2"};
    EXPECT_EQ(ledger.room(second).money, 5 * cent);
    EXPECT_THAT(ledger.reserve(second, {.money = 6 * cent}).error().message, HasSubstr("Raise budgets.run.usd"));
    EXPECT_EQ(ledger.room({.run = "r3"}).money, 5 * cent);
}

TEST(Ledger, room_is_the_least_of_all_scopes_and_never_negative) {
    Ledger ledger({.call = {.usd = 0.50, .tokens = 40}, .session = {.usd = 0.10}, .engine = {.tokens = 30}});
    EXPECT_EQ(ledger.room(ann).money, 10 * cent);
    EXPECT_EQ(ledger.room(ann).tokens, 30);
    auto reserved = *ledger.reserve(ann, {.money = 10 * cent});
    reserved.settle(paid(15 * cent, {.output = 50}));
    EXPECT_EQ(ledger.room(ann).money, 0);
    EXPECT_EQ(ledger.room(ann).tokens, 0);
}

TEST(Ledger, a_call_that_cost_more_than_was_reserved_counts_in_full) {
    Ledger ledger({.session = {.usd = 0.10}});
    auto reserved = *ledger.reserve(ann, {.money = cent});
    EXPECT_FALSE(reserved.settle(paid(12 * cent)).whole_reservation_counted);
    const auto breach = ledger.breach(ann, {.money = 1});
    ASSERT_TRUE(breach);
    EXPECT_EQ(breach->spent, 12 * cent);
}

TEST(Ledger, an_unknown_cost_under_a_limit_counts_as_the_whole_reservation_and_says_so) {
    Ledger ledger({.session = {.usd = 0.10}});
    auto reserved = *ledger.reserve(ann, {.money = 7 * cent});
    EXPECT_TRUE(reserved.settle({.provider = "vllm", .model = "m", .usage_known = false}).whole_reservation_counted);
    EXPECT_EQ(ledger.room(ann).money, 3 * cent);
    Ledger unlimited({.session = {.tokens = 1000}});
    auto free = *unlimited.reserve(ann, {.money = 7 * cent, .tokens = 10});
    EXPECT_FALSE(free.settle({.provider = "vllm", .model = "m", .usage = {.output = 3}}).whole_reservation_counted);
    EXPECT_EQ(unlimited.room(ann).tokens, 997);
}

TEST(Ledger, a_cut_stream_counts_as_reserved_though_part_of_it_is_known) {
    Ledger ledger({.session = {.usd = 0.10, .tokens = 100}});
    auto reserved = *ledger.reserve(ann, {.money = 7 * cent, .tokens = 60});
    Spending cut = paid(cent, {.input = 10});
    cut.usage_known = false;
    EXPECT_TRUE(reserved.settle(cut).whole_reservation_counted);
    EXPECT_EQ(ledger.room(ann).money, 3 * cent);
    EXPECT_EQ(ledger.room(ann).tokens, 40);
    const auto lines = ledger.report();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].nanodollars, cent) << "the report tells what is known ...";
    EXPECT_EQ(lines[0].unknown_cost_calls, 1) << "... and that it is not all";
}

TEST(Ledger, a_reservation_is_settled_once) {
    Ledger ledger({.session = {.usd = 0.10}});
    auto reserved = *ledger.reserve(ann, {.money = 5 * cent});
    reserved.settle(paid(2 * cent));
    EXPECT_FALSE(reserved);
    reserved.settle(paid(2 * cent));
    reserved.give_back();
    EXPECT_EQ(ledger.room(ann).money, 8 * cent);
    EXPECT_EQ(ledger.report({})[0].calls, 1);
}

TEST(Ledger, a_reservation_that_is_moved_is_given_back_once) {
    Ledger ledger({.session = {.usd = 0.10}});
    auto first = *ledger.reserve(ann, {.money = 5 * cent});
    Reservation second = std::move(first);
    EXPECT_EQ(ledger.room(ann).money, 5 * cent);
    second = *ledger.reserve(ann, {.money = 2 * cent});
    EXPECT_EQ(ledger.room(ann).money, 8 * cent) << "what it held before is given back";
    second.give_back();
    EXPECT_EQ(ledger.room(ann).money, 10 * cent);
}

TEST(Ledger, more_can_be_allowed_in_one_scope) {
    Ledger ledger({.call = {.usd = 0.01}, .run = {.usd = 0.01}, .user = {.usd = 0.05}});
    EXPECT_FALSE(ledger.reserve(ann, {.money = 3 * cent}));
    ledger.allow_more(Scope::run, ann, {.money = 4 * cent});
    EXPECT_FALSE(ledger.reserve(ann, {.money = 3 * cent})) << "the call's own limit holds still";
    ledger.allow_more(Scope::call, ann, {.money = 2 * cent});
    EXPECT_TRUE(ledger.reserve(ann, {.money = 3 * cent}));
    EXPECT_EQ(ledger.room({.user = "ann", .session = "s1", .run = "r2"}).money, cent) << "another run has its own";
    ledger.allow_more(Scope::engine, ann, {.money = 1});
    EXPECT_EQ(ledger.room({}).money, cent) << "a scope without a limit does not get one";
}

TEST(Ledger, ended_runs_and_sessions_are_forgotten_while_users_stay) {
    Ledger ledger({.run = {.usd = 0.10}, .session = {.usd = 0.20}, .user = {.usd = 1.0}});
    ledger.limit_run("r1", {.money = 5 * cent});
    spend(ledger, ann, 5 * cent);
    auto late = *ledger.reserve({.user = "ann", .session = "s1"}, {.money = cent});
    ledger.forget_run("r1");
    ledger.forget_session("s1");
    EXPECT_EQ(ledger.room({.run = "r1"}).money, 10 * cent);
    EXPECT_EQ(ledger.room({.session = "s1"}).money, 20 * cent);
    late.settle(paid(cent));
    EXPECT_EQ(ledger.room({.session = "s1"}).money, 20 * cent) << "the new session of that name owes nothing";
    EXPECT_EQ(ledger.room({.user = "ann"}).money, 94 * cent);
}

TEST(Ledger, a_reservation_may_outlive_the_ledger) {
    Reservation reserved;
    {
        Ledger ledger({.engine = {.usd = 1.0}});
        reserved = *ledger.reserve(ann, {.money = cent});
    }
    EXPECT_TRUE(reserved);
    EXPECT_FALSE(reserved.settle(paid(cent)).whole_reservation_counted);
}

TEST(LedgerWarning, comes_once_when_four_fifths_are_spent) {
    Ledger ledger({.run = {.usd = 0.10}});
    EXPECT_THAT(spend(ledger, ann, 8 * cent - 1).warnings, IsEmpty());
    const auto warnings = spend(ledger, ann, 1).warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].scope, Scope::run);
    EXPECT_EQ(warnings[0].key, "r1");
    EXPECT_EQ(warnings[0].message,
              "80 % of the budget of this run are used: limit 0.10 USD (budgets.run.usd), spent 0.08, reserved by calls under way 0.00.");
    EXPECT_THAT(spend(ledger, ann, cent).warnings, IsEmpty());
}

TEST(LedgerWarning, comes_again_for_a_raised_limit) {
    Ledger ledger({.run = {.tokens = 100}});
    EXPECT_EQ(spend(ledger, ann, 0, {.output = 90}).warnings.size(), 1U);
    ledger.allow_more(Scope::run, ann, {.tokens = 100});
    EXPECT_THAT(spend(ledger, ann, 0, {.output = 60}).warnings, IsEmpty()) << "150 of 200";
    const auto warnings = spend(ledger, ann, 0, {.output = 10}).warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_THAT(warnings[0].message, AllOf(HasSubstr("200 tokens"), HasSubstr("spent 160")));
}

TEST(LedgerWarning, what_is_reserved_counts_in_accounts_that_outlive_a_turn) {
    Ledger ledger({.run = {.usd = 0.10}, .user = {.usd = 0.10}});
    auto reserved = *ledger.reserve(ann, {.money = 9 * cent});
    const auto early = reserved.take_warnings();
    ASSERT_EQ(early.size(), 1U) << "the run's calls are cut to fit it";
    EXPECT_EQ(early[0].scope, Scope::user);
    EXPECT_THAT(reserved.take_warnings(), IsEmpty());
    const auto settled = reserved.settle(paid(9 * cent)).warnings;
    ASSERT_EQ(settled.size(), 1U);
    EXPECT_EQ(settled[0].scope, Scope::run);
}

TEST(LedgerWarning, a_check_uses_no_warning_up) {
    Ledger ledger({.user = {.usd = 0.10}});
    EXPECT_TRUE(ledger.check(ann, {.money = 9 * cent}));
    EXPECT_EQ(ledger.reserve(ann, {.money = 9 * cent})->take_warnings().size(), 1U);
}

TEST(LedgerReport, adds_up_by_provider_model_and_user_and_is_sorted) {
    Ledger ledger;
    const auto call = [&](const char* user, const char* provider, const char* model, std::optional<std::int64_t> cost) {
        auto reserved = *ledger.reserve({.user = user}, {});
        reserved.settle({.provider = provider,
                         .model = model,
                         .usage = {.input = 1, .cache_read = 20, .cache_write_5m = 300, .cache_write_1h = 4000, .output = 7},
                         .cost = cost});
    };
    call("bob", "openai", "gpt-6-luna", 5);
    call("ann", "openai", "gpt-6-luna", 7);
    call("ann", "bedrock", "claude-haiku-4-5", 11);
    call("ann", "openai", "gpt-6-luna", std::nullopt);

    const auto full = ledger.report();
    ASSERT_EQ(full.size(), 3U);
    EXPECT_EQ(full[0].provider, "bedrock");
    EXPECT_EQ(full[1].user, "ann");
    EXPECT_EQ(full[1].calls, 2);
    EXPECT_EQ(full[1].nanodollars, 7);
    EXPECT_EQ(full[1].unknown_cost_calls, 1) << "unknown, and not free";
    EXPECT_EQ(full[1].input_tokens, 2 * 4321);
    EXPECT_EQ(full[1].cache_read_tokens, 40);
    EXPECT_EQ(full[1].cache_write_tokens, 8600);
    EXPECT_EQ(full[1].output_tokens, 14);
    EXPECT_EQ(full[2].user, "bob");

    const auto users = ledger.report({.provider = false, .model = false});
    ASSERT_EQ(users.size(), 2U);
    EXPECT_EQ(users[0].user, "ann");
    EXPECT_EQ(users[0].calls, 3);
    EXPECT_EQ(users[0].nanodollars, 18);
    EXPECT_EQ(users[0].provider, "");
    const auto all = ledger.report({.provider = false, .model = false, .user = false});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].nanodollars, 23);
    EXPECT_EQ(all[0].unknown_cost_calls, 1);
    EXPECT_THAT(Ledger().report(), IsEmpty());
}

TEST(LedgerReport, keeps_what_ended_runs_spent) {
    Ledger ledger;
    spend(ledger, ann, 3);
    ledger.forget_run("r1");
    ledger.forget_session("s1");
    EXPECT_EQ(ledger.report()[0].nanodollars, 3);
}

TEST(Nanodollars, are_what_the_decimal_says) {
    EXPECT_EQ(nanodollars(0.29), 290'000'000);
    EXPECT_EQ(nanodollars(0.1), 100'000'000);
    EXPECT_EQ(nanodollars(0.0000000019), 1);
    EXPECT_EQ(nanodollars(-1), 0);
    EXPECT_EQ(nanodollars(std::nan("")), 0);
    EXPECT_EQ(nanodollars(1e300), INT64_MAX);
}

/// A plain model of the rules: sums over lists, nothing clever.
struct Plain {
    struct Held { Spender who; Amount amount; };
    std::vector<Held> held;
    std::vector<Held> spent;

    std::int64_t sum(const std::vector<Held>& list, Scope scope, const Spender& who) const {
        std::int64_t out = 0;
        for (const Held& each : list)
            if (scope == Scope::engine || (scope == Scope::run && each.who.run == who.run) || (scope == Scope::session && each.who.session == who.session) ||
                (scope == Scope::user && each.who.user == who.user))
                out += *each.amount.money;
        return out;
    }
    bool allows(const Spender& who, std::int64_t money, const std::array<std::int64_t, 5>& limits) const {
        if (money > limits[0]) return false;
        for (const Scope scope : {Scope::run, Scope::session, Scope::user, Scope::engine})
            if (money > 0 && sum(held, scope, who) + sum(spent, scope, who) + money > limits[static_cast<std::size_t>(scope)]) return false;
        return true;
    }
};

TEST(LedgerProperty, agrees_with_a_plain_model_for_random_histories) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random(seed);
        const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
        const std::array<std::int64_t, 5> limits{100 + below(200), 200 + below(300), 300 + below(600), 500 + below(900), 900 + below(2000)};
        const auto usd = [&](Scope scope) { return Budget{.usd = static_cast<double>(limits[static_cast<std::size_t>(scope)]) / 1e9}; };
        Ledger ledger({.call = usd(Scope::call), .run = usd(Scope::run), .session = usd(Scope::session), .user = usd(Scope::user), .engine = usd(Scope::engine)});
        Plain plain;
        std::vector<Reservation> open;
        for (int step = 0; step < 300; ++step) {
            if (open.empty() || below(3) > 0) {
                const std::int64_t session = below(4);
                const Spender who{.user = "u" + std::to_string(session / 2), .session = "s" + std::to_string(session),
                                  .run = "r" + std::to_string(session * 2 + below(2))};
                const std::int64_t money = below(160);
                auto reserved = ledger.reserve(who, {.money = money});
                ASSERT_EQ(reserved.has_value(), plain.allows(who, money, limits)) << "step " << step;
                if (!reserved) continue;
                open.push_back(*std::move(reserved));
                plain.held.push_back({who, {.money = money}});
            } else {
                const auto at = static_cast<std::ptrdiff_t>(below(open.size()));
                const Plain::Held held = plain.held[static_cast<std::size_t>(at)];
                if (below(2) == 0) {
                    const std::int64_t cost = below(static_cast<std::uint64_t>(*held.amount.money) + 1);
                    open[static_cast<std::size_t>(at)].settle(paid(cost));
                    plain.spent.push_back({held.who, {.money = cost}});
                }
                open.erase(open.begin() + at);
                plain.held.erase(plain.held.begin() + at);
            }
        }
    }
}

}  // namespace
}  // namespace cortex::routing
