#include "agent/turn_machine.hpp"

#include "agent/left_behind.hpp"
#include "agent/model_pick.hpp"
#include "agent/turn_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

/// A vendor that pauses a turn more often than this will hardly end it.
constexpr int most_continuations = 10;
/// What stands between the text of one call and the text of the next.
constexpr std::string_view paragraph = "\n\n";

/// What the user has of an answer that was cut off: its text. Thinking without a signature is worth nothing to anybody.
MessagePtr partial_message(std::string text, const ModelChoice& by) {
    if (text.empty()) return nullptr;
    auto message = std::make_shared<Message>();
    message->role = Role::assistant;
    message->content.push_back({.value = TextBlock{std::move(text)}, .raw = {}});
    message->origin = {.provider = by.provider, .model = by.wire_model, .account = {}};
    return message;
}

}  // namespace

TurnMachine::TurnMachine(TurnSpec spec, SessionLog& log) : spec_(std::move(spec)), log_(log) {
    if (!spec_.ledger) spec_.ledger = std::make_shared<routing::Ledger>();
    if (spec_.spender.run.empty()) spec_.spender.run = "this turn";
    if (spec_.max_cost) spec_.ledger->limit_run(spec_.spender.run, {.money = *spec_.max_cost});
}

TurnMachine::~TurnMachine() { spec_.ledger->forget_run(spec_.spender.run); }

void TurnMachine::on(const TurnEvent& event, SteadyTime now, std::vector<TurnAction>& out) {
    if (state_ == State::done) return;
    if (std::holds_alternative<TurnStarted>(event)) {
        if (state_ == State::idle) begin(now, out);
    } else if (const auto* delivered = std::get_if<CallDelivered>(&event)) {
        if (state_ == State::calling) on_delivered(*delivered, out);
    } else if (const auto* returned = std::get_if<CallReturned>(&event)) {
        if (state_ == State::calling || state_ == State::cancelling) on_returned(*returned, now, out);
    } else if (const auto* due = std::get_if<HedgeDue>(&event)) {
        if (state_ == State::calling && due->call == call_number_) hedge(now, out);
    } else if (const auto* more = std::get_if<BudgetAnswered>(&event)) {
        if (state_ == State::asking) on_budget(more->more, now, out);
    } else if (const auto* cancelled = std::get_if<TurnCancelled>(&event)) {
        on_cancelled(cancelled->reason, now, out);
    } else if (state_ == State::acting) {
        std::vector<RoundAction> actions;
        if (const auto* given = std::get_if<ApprovalGiven>(&event)) round_->on_approval(given->index, given->approval, actions);
        if (const auto* tool = std::get_if<ToolReturned>(&event)) round_->on_outcome(tool->index, tool->outcome, actions);
        if (const auto* timed_out = std::get_if<ToolTimedOut>(&event)) round_->on_timeout(timed_out->index, actions);
        advance_round(std::move(actions), now, out);
    }
}

void TurnMachine::begin(SteadyTime now, std::vector<TurnAction>& out) {
    began_ = now;
    if (spec_.max_tool_rounds == 0 && !spec_.prefix->tools.empty()) context_.tool_choice = ToolChoice::none;
    log_.append(UserMessageAdded{turn() + 1, spec_.user_message});
    log_.append(DecisionTaken{turn(), "need", spec_.assessment.reasons});
    start_call(now, out);
}

void TurnMachine::start_call(SteadyTime now, std::vector<TurnAction>& out) {
    if (auto pick = pick_model(spec_, log_, context_.purpose, failed_, now))
        start_call_with(*std::move(pick), now, out);
    else
        ended_badly({.code = ErrorCode::unavailable, .message = "Every model that could go on has failed in this turn.", .retryable = true}, out);
}

void TurnMachine::start_call_with(ModelPick pick, SteadyTime now, std::vector<TurnAction>& out) {
    if (!pick.reasons.empty()) log_.append(DecisionTaken{turn(), "routing", pick.reasons});
    context_.choice = pick.choice;
    context_.role = pick.role;
    context_.not_before = pick.not_before;
    auto planned = plan_call(spec_, log_.state(), context_);
    if (!planned) {
        release_probe(*pick.choice, pick.verdict, now);
        cannot_send(std::move(planned).error(), least_needed(spec_, log_.state(), *pick.choice->model), now, out);
        return;
    }
    current_ = planned->choice;
    auto reserved = reserve(*planned);
    if (!reserved) {
        release_probe(*current_, pick.verdict, now);
        cannot_send(std::move(reserved).error(), planned->worst, now, out);
        return;
    }
    state_ = State::calling;
    if (context_.continue_after.empty()) call_text_.clear();
    ++call_number_;
    call_began_ = now;
    answer_begun_ = hedged_ = false;
    budget_questions_ = 0;
    expect_hedge(now, out);
    send(0, *std::move(planned), pick.verdict, *std::move(reserved), out);
}

void TurnMachine::send(std::size_t lane, PlannedCall planned, const routing::Verdict& verdict, routing::Reservation reservation, std::vector<TurnAction>& out) {
    const ModelChoice& choice = *planned.choice;
    Call& call = calls_[lane];
    call = {.choice = planned.choice,
            .role = planned.role,
            .verdict = verdict,
            .reservation = std::move(reservation),
            .params = planned.spec.call.params,
            .why = fmt::format("{} {}: {} ({})", brain::to_string(planned.role), brain::to_string(context_.purpose), choice.wire_model, choice.reason),
            .without_tools = planned.spec.call.without_tools,
            .shortened_by_cost = planned.shortened_by_cost,
            .running = true,
            .dropped = false};
    log_.append(DecisionTaken{turn(), "routing", {call.why}});
    log_.append(DecisionTaken{turn(), "parameters", call.params->reasons()});
    if (auto lost = left_behind(log_.state().messages(), choice); !lost.empty()) log_.append(DecisionTaken{turn(), "translation", std::move(lost)});
    log_.append(CallBegan{turn(), choice.provider, choice.wire_model, std::string(brain::to_string(context_.purpose))});
    if (lane == 0) adopt(lane);
    out.emplace_back(StartCall{std::move(planned.spec), lane});
}

void TurnMachine::adopt(std::size_t lane) {
    const Call& call = calls_[lane];
    lead_ = lane;
    current_ = call.choice;
    context_.choice = call.choice;
    context_.role = call.role;
    report_call(response_.metadata, *call.params, !context_.began_with);
    if (!context_.began_with) {
        report_routing(response_.metadata.routing, spec_.assessment, call.role, call.why);
        context_.began_with = current_;
        log_.append(LevelChosen{turn(), current_->wire_model, spec_.need.level});
    }
    if (call.without_tools) report_without_tools(*call.choice);
    if (call.shortened_by_cost) add_once(response_.metadata.degraded, "a limit on cost or tokens shortened the room for the answer");
}

void TurnMachine::release_probe(const ModelChoice& choice, const routing::Verdict& verdict, SteadyTime now) {
    if (spec_.health && verdict.state == routing::Verdict::State::probe)
        spec_.health->report(choice.provider, choice.wire_model, verdict, routing::CallOutcome::neutral, now);
}

Result<routing::Reservation> TurnMachine::reserve(const PlannedCall& planned) {
    auto reserved = spec_.ledger->reserve(spec_.spender, planned.worst);
    if (!reserved) {
        reserved.error().provider = planned.choice->provider;
        reserved.error().model = planned.choice->wire_model;
        return reserved;
    }
    for (const routing::BudgetWarning& warning : reserved->take_warnings()) add_once(spec_.notices, warning.message);
    return reserved;
}

void TurnMachine::settle(Call& call, const routing::CallEnded& ended, SteadyTime now) {
    const std::string& provider = call.choice->provider;
    const std::string& model = call.choice->wire_model;
    if (ended.attempts.empty() && !ended.result) {   // nothing was sent
        call.reservation.give_back();
    } else {
        const routing::Settlement settled =
            call.reservation.settle({.provider = provider, .model = model, .usage = ended.usage, .usage_known = ended.usage_known, .cost = ended.cost});
        for (const routing::BudgetWarning& warning : settled.warnings) add_once(spec_.notices, warning.message);
        if (settled.whole_reservation_counted)
            add_once(response_.metadata.degraded, fmt::format("what {} used is not known, so the limits count all that it might have", model));
    }
    if (!spec_.health) return;
    if (ended.result) {
        spec_.health->report(provider, model, call.verdict, routing::CallOutcome::success, now);
    } else {
        const ErrorInfo& error = ended.result.error();
        spec_.health->report(provider, model, call.verdict, routing::outcome_of(error, turn_over_), now, error.message);
        if (error.code == ErrorCode::rate_limit && error.retryable && error.retry_after) spec_.health->note_retry_after(provider, model, *error.retry_after, now);
    }
    spec_.health->note_limits(provider, model, ended.limits, now);
}

routing::FailoverDecision TurnMachine::may_fail_over(const ErrorInfo& error) const {
    // What nobody has seen can be said anew.
    const bool seen = spec_.streaming && !call_text_.empty();
    return routing::may_fail_over(error, {.content_delivered = seen && !spec_.continue_in_midstream, .turn_over = turn_over_}, spec_.failover);
}

bool TurnMachine::fail_over(const ErrorInfo& error, SteadyTime now, std::vector<TurnAction>& out) {
    const auto decision = may_fail_over(error);
    if (!decision.allowed) {
        if (!spec_.fallbacks.empty()) log_.append(DecisionTaken{turn(), "failover", {fmt::format("not from {}: {}", current_->wire_model, decision.reason)}});
        return false;
    }
    failed_.push_back(current_);
    auto next = pick_model(spec_, log_, context_.purpose, failed_, now);
    if (!next) return false;
    log_.append(DecisionTaken{turn(), "failover", {fmt::format("from {} to {}: {}", current_->wire_model, next->choice->wire_model, error.message)}});
    tell(fmt::format("{} did not answer ({}); {} was asked instead", current_->wire_model, cortex::to_string(error.code), next->choice->wire_model));
    if (spec_.streaming && !call_text_.empty()) {
        context_.continue_after = call_text_;
        out.emplace_back(EmitChunk{{.chunk_type = ChunkType::continuation, .model = next->choice->wire_model}});
    } else {
        text_.resize(text_.size() - std::min(text_.size(), call_text_.size()));
        call_text_.clear();
    }
    begin_anew();
    start_call_with(*std::move(next), now, out);
    return true;
}

/// For the user, now and in the answer's metadata.
void TurnMachine::tell(const std::string& sentence) {
    add_once(spec_.notices, sentence + '.');
    add_once(response_.metadata.degraded, sentence);
}

/// A turn that nobody has answered yet is the next model's from its beginning.
void TurnMachine::begin_anew() {
    if (!log_.state().answered_in_turn()) context_.began_with = nullptr;
}

void TurnMachine::on_delivered(const CallDelivered& delivered, std::vector<TurnAction>& out) {
    const StreamEvent& event = delivered.event;
    if (calls_[delivered.lane].dropped || std::holds_alternative<MessageStarted>(event)) return;
    if (!answer_begun_) take_lead(delivered.lane, out);
    if (const auto* text = std::get_if<TextDelta>(&event)) {
        if (call_text_.empty() && !text_.empty() && rounds_ > 0) {
            text_ += paragraph;
            out.emplace_back(EmitChunk{{.content = std::string(paragraph)}});
        }
        text_ += text->text;
        call_text_ += text->text;
        out.emplace_back(EmitChunk{{.content = text->text}});
    } else if (const auto* thinking = std::get_if<ThinkingDelta>(&event)) {
        if (spec_.need.show_thinking) out.emplace_back(EmitChunk{{.chunk_type = ChunkType::thinking, .thinking_delta = thinking->text}});
    }
}

void TurnMachine::on_returned(const CallReturned& returned, SteadyTime now, std::vector<TurnAction>& out) {
    const routing::CallEnded& ended = returned.ended;
    Call& call = calls_[returned.lane];
    if (!call.running) return;
    call.running = false;
    usage_ += ended.usage;
    context_.cost = context_.cost && ended.cost ? std::optional(*context_.cost + *ended.cost) : std::nullopt;
    if (!hedged_) waited_ += ended.waited;
    ResponseMetadata& metadata = response_.metadata;
    metadata.attempts.insert(metadata.attempts.end(), ended.attempts.begin(), ended.attempts.end());
    if (!call.dropped) metadata.request_id = ended.request_id;
    for (const routing::Repair& repair : ended.repairs) note(repair, *call.choice);
    for (const std::string& notice : ended.notices) add_once(spec_.notices, notice);
    settle(call, ended, now);
    if (!ended.result) log_.append(CallFailed{turn(), std::string(cortex::to_string(ended.result.error().code)), ended.usage});

    if (ended.result && !call.dropped) {
        const Usage& usage = ended.result->usage;
        if (usage.cache_read + usage.cache_write() > 0) log_.keep_warm({call.choice, usage.cache_read + usage.cache_write(), now});
        take_lead(returned.lane, out);
    }
    if (other(returned.lane).running) {
        if (call.dropped) return;
        if (!ended.result && !other(returned.lane).dropped && lost_one_of_two(returned.lane, ended.result.error(), out)) return;
        held_ = ended.result;
        return;
    }
    if (hedged_) waited_ += now - call_began_;   // their times overlap
    if (call.dropped && held_)
        conclude(lead_, *std::exchange(held_, std::nullopt), now, out);
    else
        conclude(returned.lane, ended.result, now, out);
}

/// The answer of the turn's call, or its failure; nothing runs any more.
void TurnMachine::conclude(std::size_t lane, Result<MessageDone> result, SteadyTime now, std::vector<TurnAction>& out) {
    if (doom_) return ended_badly(*std::exchange(doom_, std::nullopt), out);
    if (result) {
        failures_.clear();
        answered(*std::move(result), now, out);
        return;
    }
    const ErrorInfo& error = result.error();
    if (state_ == State::cancelling) {   // whoever ended the turn said why
        ended_badly(error, out);
        return;
    }
    failures_.push_back(error);
    current_ = calls_[lane].choice;
    if (!fail_over(error, now, out)) ended_badly(routing::all_failed(failures_), out);
}

/// What a repair means for the rest of the session.
void TurnMachine::note(const routing::Repair& repair, const ModelChoice& by) {
    switch (repair.remedy) {
        case Remedy::drop_thinking_blocks:
            log_.append(ThinkingDropped{turn(), repair.why});
            add_once(response_.metadata.degraded, "the model's earlier thinking was left out: the vendor refused it, as bound to another conversation");
            return;
        case Remedy::drop_tools:
            log_.append(ToolsRefused{turn(), by.provider, by.wire_model, repair.why});
            report_without_tools(by);
            return;
        case Remedy::drop_stream_usage:
        case Remedy::drop_effort:
        case Remedy::other_max_tokens:
        case Remedy::system_role:
            log_.append(DecisionTaken{turn(), "repair", {fmt::format("asked again with {}: {}", routing::what_was_left_out(repair.remedy), repair.why)}});
            return;
        case Remedy::none: return;
    }
}

void TurnMachine::report_without_tools(const ModelChoice& by) {
    add_once(response_.metadata.degraded, fmt::format("{} takes no tools, so it answered without them", by.wire_model));
}

void TurnMachine::on_cancelled(const ErrorInfo& reason, SteadyTime now, std::vector<TurnAction>& out) {
    turn_over_ = turn_over_ || reason.code == ErrorCode::timeout;
    switch (state_) {
        case State::idle:
            // Nothing was sent and nothing was said: the conversation is as it was.
            state_ = State::done;
            out.emplace_back(TurnFinished{reason});
            return;
        case State::calling:
            state_ = State::cancelling;
            for (std::size_t lane = 0; lane < 2; ++lane)
                if (calls_[lane].running) out.emplace_back(CancelCall{reason, lane});
            return;
        case State::asking: ended_badly(reason, out); return;
        case State::acting: {
            std::vector<RoundAction> actions;
            round_->interrupt(actions);
            state_ = State::cancelling;   // its end starts no further call
            advance_round(std::move(actions), now, out);
            ended_badly(reason, out);
            return;
        }
        case State::cancelling:
        case State::done: return;
    }
}

namespace {

/// An answer that two models wrote, as one message.
void put_before(const std::string& text, Message& message) {
    if (!message.content.empty())
        if (auto* first = std::get_if<TextBlock>(&message.content.front().value)) {
            first->text.insert(0, text);
            message.content.front().raw.clear();
            return;
        }
    message.content.insert(message.content.begin(), {.value = TextBlock{text}, .raw = {}});
}

}  // namespace

void TurnMachine::answered(MessageDone done, SteadyTime now, std::vector<TurnAction>& out) {
    if (!context_.continue_after.empty()) put_before(std::exchange(context_.continue_after, {}), done.message);
    if (done.stop == StopReason::refusal) {
        log_.append(CallFailed{turn(), std::string(cortex::to_string(ErrorCode::content_filter)), {}});
        ended_badly({.code = ErrorCode::content_filter,
                     .message = fmt::format("{} declined to answer{}{}. Rephrase the message; the refused answer is not part of the conversation.",
                                            current_->wire_model, done.explanation.empty() ? "" : ": ", done.explanation),
                     .provider = current_->provider,
                     .model = current_->wire_model,
                     .http_status = 200,
                     .request_id = response_.metadata.request_id},
                    out);
        return;
    }
    if (spec_.answer && !accept_structured(done, now, out)) return;
    log_.append(ModelOutputCommitted{turn(), std::make_shared<Message>(done.message), done.stop, done.usage, done.usage_known});
    call_text_.clear();
    if (state_ == State::calling && done.stop == StopReason::pause && continuations_ < most_continuations) {
        ++continuations_;
        start_call(now, out);
        return;
    }
    if (state_ == State::calling && start_round(done, now, out)) return;
    finish(done, now, out);
}

/// Begins to run what the answer calls. False where it calls nothing, or where its calls are not to be run.
bool TurnMachine::start_round(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out) {
    // A call at the end of a cut answer may be incomplete. (Local servers say `stop` where they mean `tool_calls`.)
    if (done.stop == StopReason::length || done.stop == StopReason::pause) return false;
    if (!spec_.tools || spec_.tools->empty() || context_.tool_choice == ToolChoice::none) return false;
    ToolRound round(done.message, spec_.tools,
                    {.parallel = spec_.max_parallel_tools, .session_id = spec_.session_id, .user_id = spec_.user_id, .turn = turn()});
    if (round.empty()) return false;
    round_.emplace(std::move(round));
    state_ = State::acting;
    acting_since_ = now;
    ++rounds_;
    std::vector<RoundAction> actions;
    round_->start(actions);
    advance_round(std::move(actions), now, out);
    return true;
}

/// Passes on what the round wants; when it is done, its results go to the model.
void TurnMachine::advance_round(std::vector<RoundAction> actions, SteadyTime now, std::vector<TurnAction>& out) {
    for (RoundAction& action : actions) {
        if (auto* fact = std::get_if<LogFact>(&action)) log_.append(std::move(fact->fact));
        if (auto* ask = std::get_if<AskApproval>(&action)) out.emplace_back(std::move(*ask));
        if (auto* run = std::get_if<RunTool>(&action)) out.emplace_back(std::move(*run));
        if (auto* stop = std::get_if<StopTool>(&action)) out.emplace_back(*stop);
        if (auto* chunk = std::get_if<ShowChunk>(&action)) out.emplace_back(EmitChunk{std::move(chunk->chunk)});
    }
    if (!round_->done()) return;
    waited_ += now - acting_since_;
    close_round();
    if (state_ != State::acting) return;
    context_.purpose = brain::CallPurpose::tool_round;
    if (rounds_ >= spec_.max_tool_rounds) {
        context_.tool_choice = ToolChoice::none;
        add_once(response_.metadata.degraded, fmt::format("the limit of {} tool rounds was reached, so the model answered with what it had", spec_.max_tool_rounds));
    }
    start_call(now, out);
}

void TurnMachine::close_round() {
    log_.append(ToolResultsAdded{turn(), round_->results()});
    for (std::string& name : round_->ran()) response_.metadata.tools_called.push_back(std::move(name));
    round_.reset();
}

void TurnMachine::finish(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out) {
    finish_metadata(done, now);
    log_.append(TurnEnded{turn(), TurnOutcome::answered, nullptr, usage_});
    state_ = State::done;
    response_.content = std::move(text_);
    out.emplace_back(EmitChunk{{.content = {},
                                .chunk_type = ChunkType::content,
                                .is_final = true,
                                .finish_reason = response_.metadata.finish_reason,
                                .model = response_.metadata.model_used}});
    out.emplace_back(TurnFinished{std::move(response_)});
}

void TurnMachine::ended_badly(ErrorInfo error, std::vector<TurnAction>& out) {
    error.partial_content = text_;
    if (error.code == ErrorCode::model_not_found && current_ && !current_->suggested_model.empty())
        error.message += fmt::format(" The catalogue knows {}: did you mean that?", current_->suggested_model);
    const TurnOutcome outcome = error.code == ErrorCode::cancelled ? TurnOutcome::cancelled
                                : log_.state().tool_ran()          ? TurnOutcome::failed_after_tools
                                                                   : TurnOutcome::failed;
    MessagePtr partial;
    if (outcome != TurnOutcome::failed && current_) partial = partial_message(std::move(call_text_), *current_);
    log_.append(TurnEnded{turn(), outcome, std::move(partial), usage_});
    state_ = State::done;
    out.emplace_back(TurnFinished{std::move(error)});
}

void TurnMachine::finish_metadata(const MessageDone& done, SteadyTime now) {
    ResponseMetadata& metadata = response_.metadata;
    report_usage(metadata, usage_, context_.cost);
    metadata.model_used = done.model.empty() ? current_->wire_model : done.model;
    metadata.provider = current_->provider;
    metadata.steps_taken = rounds_;
    const std::chrono::duration<double, std::milli> whole = now - began_;
    const std::chrono::duration<double, std::milli> own = whole - waited_;
    metadata.latency_ms = whole.count();
    metadata.overhead_ms = own.count() > 0 ? own.count() : 0.0;
    metadata.finish_reason = cortex::to_string(done.stop == StopReason::unknown ? StopReason::stop : done.stop);
    metadata.notices = spec_.notices;
    metadata.degraded.insert(metadata.degraded.begin(), spec_.degraded.begin(), spec_.degraded.end());
    if (done.stop == StopReason::unknown)
        metadata.notices.push_back(fmt::format("{} stopped for a reason that this version does not know: {}.", metadata.model_used,
                                               done.vendor_stop.empty() ? "none was given" : done.vendor_stop));
}

std::string_view to_string(TurnMachine::State state) noexcept {
    switch (state) {
        case TurnMachine::State::idle: return "idle";
        case TurnMachine::State::calling: return "calling";
        case TurnMachine::State::asking: return "asking";
        case TurnMachine::State::acting: return "acting";
        case TurnMachine::State::cancelling: return "cancelling";
        case TurnMachine::State::done: return "done";
    }
    return "done";
}

}  // namespace cortex::agent
