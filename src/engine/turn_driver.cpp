#include "engine/turn_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex {

TurnDriver::TurnDriver(Parts parts, agent::TurnSpec spec)
    : parts_(std::move(parts)), deadline_(spec.deadline), turn_(std::move(spec), parts_.session->log) {}

TurnDriver::~TurnDriver() {
    for (auto& [index, tool] : tools_) tell_to_stop(tool.stop);
}

void TurnDriver::start() {
    parts_.shard.keep(shared_from_this());
    if (deadline_.limited())
        turn_timer_ = parts_.shard.reactor().add_timer(*deadline_.when(), [weak = weak_from_this()]() noexcept {
            if (const auto self = weak.lock()) {
                self->turn_timer_.reset();
                self->cancel({.code = ErrorCode::timeout,
                              .message = "The turn's timeout passed before the answer was whole. Allow more time, or ask for less.",
                              .retryable = true});
            }
        });
    on_turn(agent::TurnStarted{});
}

void TurnDriver::cancel(ErrorInfo reason) { on_turn(agent::TurnCancelled{std::move(reason)}); }

void TurnDriver::on_turn(const agent::TurnEvent& event) {
    if (finished_) return;
    const auto self = shared_from_this();
    std::vector<agent::TurnAction> actions;
    turn_.on(event, parts_.shard.now(), actions);
    for (agent::TurnAction& action : actions) perform(action);
}

void TurnDriver::perform(agent::TurnAction& action) {
    if (auto* start = std::get_if<agent::StartCall>(&action)) {
        perform(*start);
    } else if (auto* cancel = std::get_if<agent::CancelCall>(&action)) {
        if (const auto call = calls_[cancel->lane]) call->cancel(std::move(cancel->reason));
    } else if (const auto* hedge = std::get_if<agent::HedgeAt>(&action)) {
        stop_timer(hedge_timer_);
        hedge_timer_ = parts_.shard.reactor().add_timer(hedge->when, [weak = weak_from_this(), call = hedge->call]() noexcept {
            const auto self = weak.lock();
            if (!self) return;
            self->hedge_timer_.reset();
            self->on_turn(agent::HedgeDue{call});
        });
    } else if (auto* budget = std::get_if<agent::AskBudget>(&action)) {
        perform(*budget);
    } else if (auto* run = std::get_if<agent::RunTool>(&action)) {
        perform(*run);
    } else if (auto* ask = std::get_if<agent::AskApproval>(&action)) {
        perform(*ask);
    } else if (const auto* stop = std::get_if<agent::StopTool>(&action)) {
        end_tool(stop->index);
    } else if (auto* emit = std::get_if<agent::EmitChunk>(&action)) {
        if (!parts_.run->push(std::move(emit->chunk)))
            this->cancel({.code = ErrorCode::unknown,
                          .message = "64 MiB of the answer are waiting to be read. Read the stream faster, or use run()."});
    } else if (auto* finished = std::get_if<agent::TurnFinished>(&action)) {
        finish(std::move(finished->result));
    }
}

void TurnDriver::perform(agent::StartCall& action) {
    ++round_;
    const auto entry = std::find_if(parts_.providers.begin(), parts_.providers.end() - 1,
                                    [&](const auto& each) { return each->traits.name == action.spec.call.provider; });
    // A call that goes on with what it was given may outlast the turn by a moment, so it holds on to nothing of it.
    const auto weak = weak_from_this();
    const std::size_t lane = action.lane;
    auto call = std::make_shared<CallDriver>(
        CallDriver::Parts{parts_.shard, parts_.desk, parts_.world, parts_.logger, *entry, parts_.run}, std::move(action.spec),
        CallDriver::Told{.delivered = [weak, lane](StreamEvent event) {
                             if (const auto self = weak.lock()) self->on_turn(agent::CallDelivered{std::move(event), lane});
                         },
                         .ended = [weak, lane](routing::CallEnded ended) {
                             if (const auto self = weak.lock()) self->on_turn(agent::CallReturned{std::move(ended), lane});
                         }});
    calls_[lane] = call;
    call->start();
}

void TurnDriver::perform(agent::AskBudget& action) {
    budget_request_ = fmt::format("budget_{}", random_hex(parts_.shard.rng(), 16));
    if (!parts_.on_budget) {
        parts_.run->push(BudgetRequest{.request_id = budget_request_, .question = std::move(action.question)});
        return;
    }
    parts_.tools->ask(parts_.on_budget, std::move(action.question), [weak = weak_from_this(), line = parts_.shard.line(), id = budget_request_](Budget more) {
        line->post([weak, id, more]() noexcept {
            if (const auto self = weak.lock()) self->answer_budget(id, more);
        });
    });
}

void TurnDriver::answer_budget(const std::string& request_id, const Budget& more) {
    if (budget_request_.empty() || request_id != budget_request_) return;
    budget_request_.clear();
    on_turn(agent::BudgetAnswered{more});
}

void TurnDriver::stop_timer(std::optional<net::TimerId>& timer) {
    if (timer) parts_.shard.reactor().cancel_timer(*timer);
    timer.reset();
}

void TurnDriver::answer(const std::string& request_id, RunAnswer answer) {
    for (const auto& call : std::array(calls_))
        if (call && call->answer(request_id, answer)) return;
    if (const auto* more = std::get_if<Budget>(&answer)) return answer_budget(request_id, *more);
    const auto asked = std::find_if(tools_.begin(), tools_.end(), [&](const auto& pair) { return pair.second.request_id == request_id; });
    if (request_id.empty() || asked == tools_.end()) return;
    if (auto* approval = std::get_if<Approval>(&answer); approval != nullptr && asked->second.asking)
        answer_approval(asked->first, std::move(*approval));
    else if (auto* outcome = std::get_if<ToolOutcome>(&answer); outcome != nullptr && !asked->second.asking)
        answer_tool(asked->first, std::move(*outcome));
}

void TurnDriver::perform(agent::AskApproval& action) {
    ToolAtWork& work = tools_[action.index];
    work.asking = true;
    action.call.stop = work.stop.get_token();
    if (action.tool->ask_run) {
        work.request_id = fmt::format("approval_{}_{}_{}", round_, action.index, random_hex(parts_.shard.rng(), 8));
        parts_.run->push(ApprovalRequest{.request_id = work.request_id, .call = std::move(action.call)});
        return;
    }
    parts_.tools->approve(action.tools, *action.tool, std::move(action.call),
                          [weak = weak_from_this(), line = parts_.shard.line(), index = action.index, round = round_](Approval approval) {
                              line->post([weak, index, round, approval = std::move(approval)]() mutable noexcept {
                                  const auto self = weak.lock();
                                  if (self && self->round_ == round) self->answer_approval(index, std::move(approval));
                              });
                          });
}

void TurnDriver::perform(agent::RunTool& action) {
    ToolAtWork& work = tools_[action.index];
    action.call.stop = work.stop.get_token();
    work.timer = parts_.shard.reactor().add_timer(parts_.shard.now() + action.tool->timeout, [weak = weak_from_this(), index = action.index, round = round_]() noexcept {
        const auto self = weak.lock();
        if (!self || self->round_ != round) return;
        if (const auto found = self->tools_.find(index); found != self->tools_.end()) found->second.timer.reset();
        self->on_turn(agent::ToolTimedOut{index});
    });
    if (!action.tool->execute) {
        work.request_id = fmt::format("tool_{}_{}_{}", round_, action.index, random_hex(parts_.shard.rng(), 8));
        parts_.run->push(ToolRequest{.request_id = work.request_id, .call = std::move(action.call)});
        return;
    }
    parts_.tools->run(action.tools, *action.tool, std::move(action.call),
                      [weak = weak_from_this(), line = parts_.shard.line(), index = action.index, round = round_](ToolOutcome outcome) {
                          line->post([weak, index, round, outcome = std::move(outcome)]() mutable noexcept {
                              const auto self = weak.lock();
                              if (self && self->round_ == round) self->answer_tool(index, std::move(outcome));
                          });
                      });
}

void TurnDriver::answer_approval(std::size_t index, Approval approval) {
    const auto found = tools_.find(index);
    if (found == tools_.end() || !found->second.asking) return;
    tools_.erase(found);
    on_turn(agent::ApprovalGiven{index, std::move(approval)});
}

void TurnDriver::answer_tool(std::size_t index, ToolOutcome outcome) {
    const auto found = tools_.find(index);
    if (found == tools_.end() || found->second.asking) return;
    if (found->second.timer) parts_.shard.reactor().cancel_timer(*found->second.timer);
    tools_.erase(found);
    on_turn(agent::ToolReturned{index, std::move(outcome)});
}

/// On a worker: a request to stop runs whatever users' code hung on it.
void TurnDriver::tell_to_stop(const std::stop_source& stop) {
    parts_.workers.post([stop]() mutable { stop.request_stop(); });
}

/// Nobody waits for the tool any more: whoever works on it is told.
void TurnDriver::end_tool(std::size_t index) {
    const auto found = tools_.find(index);
    if (found == tools_.end()) return;
    ToolAtWork work = std::move(found->second);
    tools_.erase(found);
    if (work.timer) parts_.shard.reactor().cancel_timer(*work.timer);
    tell_to_stop(work.stop);
    if (!work.request_id.empty()) parts_.run->push(RequestWithdrawn{.request_id = work.request_id});
}

void TurnDriver::finish(Result<Response> result) {
    finished_ = true;
    if (parts_.logger->enabled(LogLevel::debug))
        parts_.logger->write(LogLevel::debug, result ? fmt::format("{}: answered by {} in {:.1f} ms, {} tokens", parts_.session->session_id,
                                                                   result->metadata.model_used, result->metadata.latency_ms, result->metadata.tokens_used)
                                                     : fmt::format("{}: {}: {}", parts_.session->session_id, to_string(result.error().code), result.error().message));
    stop_timer(turn_timer_);
    stop_timer(hedge_timer_);
    if (!budget_request_.empty() && !parts_.on_budget) parts_.run->push(RequestWithdrawn{.request_id = std::move(budget_request_)});
    budget_request_.clear();
    // The session is free before its consumer hears of it, so that the next turn can begin at once.
    parts_.session->busy.store(false, std::memory_order_release);
    parts_.run->finish(std::move(result));
    parts_.shard.release(this);
}

}  // namespace cortex
