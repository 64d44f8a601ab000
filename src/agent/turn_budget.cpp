#include "agent/turn_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::agent {
namespace {

/// Whoever raises a limit again and again by less than is needed is not asked for ever.
constexpr int most_questions = 3;

Budget of_kind(routing::Breach::Of of, std::int64_t value) {
    if (of == routing::Breach::Of::tokens) return {.usd = {}, .tokens = value};
    return {.usd = static_cast<double>(value) / 1e9, .tokens = {}};
}

}  // namespace

/// The planned call may not be made. Where a limit is why, whoever may raise it is asked; else the turn ends.
void TurnMachine::cannot_send(ErrorInfo refusal, const routing::Amount& needed, SteadyTime now, std::vector<TurnAction>& out) {
    const bool askable = spec_.ask_budget && refusal.code == ErrorCode::budget_exceeded && budget_questions_ < most_questions;
    const auto breach = askable ? spec_.ledger->breach(spec_.spender, needed) : std::nullopt;
    if (!breach || breach->of == routing::Breach::Of::unknown_price) return ended_badly(std::move(refusal), out);
    ++budget_questions_;
    budget_scope_ = breach->scope;
    asked_at_ = now;
    state_ = State::asking;
    BudgetQuestion question{.scope = std::string(routing::to_string(breach->scope)),
                            .user_id = spec_.user_id,
                            .session_id = spec_.session_id,
                            .provider = refusal.provider,
                            .model = refusal.model,
                            .limit = of_kind(breach->of, breach->limit),
                            .spent = of_kind(breach->of, breach->spent),
                            .reserved = of_kind(breach->of, breach->reserved),
                            .needed = of_kind(breach->of, breach->needed),
                            .message = refusal.message};
    budget_refusal_ = std::move(refusal);
    out.emplace_back(AskBudget{std::move(question)});
}

void TurnMachine::on_budget(const Budget& more, SteadyTime now, std::vector<TurnAction>& out) {
    waited_ += now - asked_at_;
    routing::Limit raise;
    if (more.usd) raise.money = routing::nanodollars(*more.usd);
    if (more.tokens) raise.tokens = *more.tokens;
    if (raise.money.value_or(0) <= 0 && raise.tokens.value_or(0) <= 0) return ended_badly(std::move(budget_refusal_), out);
    spec_.ledger->allow_more(budget_scope_, spec_.spender, raise);
    log_.append(DecisionTaken{turn(), "budget", {fmt::format("the limit of the {} was raised by {}", routing::to_string(budget_scope_),
                                                             raise.money ? fmt::format("{} USD", *more.usd) : fmt::format("{} tokens", *more.tokens))}});
    start_call(now, out);
}

}  // namespace cortex::agent
