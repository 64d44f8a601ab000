#include "agent/model_pick.hpp"
#include "agent/turn_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::agent {

/// Asks to be woken once the call that is about to begin has been silent for too long.
void TurnMachine::expect_hedge(SteadyTime now, std::vector<TurnAction>& out) {
    if (!spec_.hedges) return;
    spec_.hedges->earn();
    // Whoever goes on with a broken answer is not raced: two continuations of one text are one too many.
    if (spec_.failover.failover && !spec_.fallbacks.empty() && context_.continue_after.empty()) out.emplace_back(HedgeAt{now + spec_.hedge_after, call_number_});
}

/// The call has said nothing yet: the next model is asked too, where there is one that is well, and money for it. A second request is a wish; nothing
/// that forbids it ends the turn.
void TurnMachine::hedge(SteadyTime now, std::vector<TurnAction>& out) {
    if (hedged_ || answer_begun_) return;
    std::vector<ModelChoicePtr> taken = failed_;
    taken.push_back(current_);
    auto pick = pick_model(spec_, log_, context_.purpose, taken, now);
    if (!pick) return;
    const auto leave = [&](const std::string& why) {
        release_probe(*pick->choice, pick->verdict, now);
        log_.append(DecisionTaken{turn(), "hedge", {fmt::format("{} is silent, and {} is not asked beside it: {}", current_->wire_model, pick->choice->wire_model, why)}});
    };
    if (!pick->verdict.allowed()) return leave("it failed several times in a row");
    if (pick->not_before) return leave("its rate limit is used up");
    CallContext context = context_;
    context.choice = pick->choice;
    context.role = pick->role;
    context.not_before = std::nullopt;
    if (!log_.state().answered_in_turn()) context.began_with = nullptr;
    auto planned = plan_call(spec_, log_.state(), context);
    if (!planned) return leave(planned.error().message);
    auto reserved = reserve(*planned);
    if (!reserved) return leave(reserved.error().message);
    if (!spec_.hedges->spend()) return leave("the share of second requests (hedge_budget) is used up");
    hedged_ = true;
    log_.append(DecisionTaken{turn(), "hedge", {fmt::format("{} said nothing for {} ms: {} is asked beside it", current_->wire_model, spec_.hedge_after.count(),
                                                            planned->choice->wire_model)}});
    send(1, *std::move(planned), pick->verdict, *std::move(reserved), out);
}

/// The first call that says something is the turn's; the other one is closed.
void TurnMachine::take_lead(std::size_t lane, std::vector<TurnAction>& out) {
    answer_begun_ = true;
    if (Call& slower = other(lane); slower.running && !slower.dropped) {
        slower.dropped = true;
        out.emplace_back(CancelCall{{.code = ErrorCode::cancelled, .message = fmt::format("{} answered first.", calls_[lane].choice->wire_model)}, other_lane(lane)});
    }
    if (lane == lead_) return;
    tell(fmt::format("{} said nothing for {} ms; {} was asked too and answered first", current_->wire_model, spec_.hedge_after.count(), calls_[lane].choice->wire_model));
    begin_anew();
    adopt(lane);
}

/// One of two calls failed before either said anything. True: the turn waits for the other one.
bool TurnMachine::lost_one_of_two(std::size_t lane, const ErrorInfo& error, std::vector<TurnAction>& out) {
    if (state_ != State::calling) return false;
    const ModelChoicePtr& lost = calls_[lane].choice;
    failures_.push_back(error);
    failed_.push_back(lost);
    if (lane != lead_) {
        log_.append(DecisionTaken{turn(), "hedge", {fmt::format("{} failed, {} goes on: {}", lost->wire_model, current_->wire_model, error.message)}});
        return true;
    }
    const std::size_t left = other_lane(lane);
    if (const auto decision = may_fail_over(error); !decision.allowed) {   // what only the user can put right is not hidden by a second model
        doom_ = routing::all_failed(failures_);
        state_ = State::cancelling;
        out.emplace_back(CancelCall{error, left});
        return true;
    }
    const ModelChoice& next = *calls_[left].choice;
    log_.append(DecisionTaken{turn(), "failover", {fmt::format("from {} to {}, which was asked already: {}", lost->wire_model, next.wire_model, error.message)}});
    tell(fmt::format("{} did not answer ({}); {} was asked instead", lost->wire_model, cortex::to_string(error.code), next.wire_model));
    begin_anew();
    adopt(left);
    return true;
}

}  // namespace cortex::agent
