#include "agent/turn_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::agent {
namespace {

/// A vendor that pauses a turn more often than this will hardly end it.
constexpr int most_continuations = 10;

/// What the user has of an answer that was cut off: its text. Thinking without a signature is worth nothing to anybody.
MessagePtr partial_message(std::string text, Origin origin) {
    if (text.empty()) return nullptr;
    auto message = std::make_shared<Message>();
    message->role = Role::assistant;
    message->content.push_back({.value = TextBlock{std::move(text)}, .raw = {}});
    message->origin = std::move(origin);
    return message;
}

}  // namespace

TurnMachine::TurnMachine(TurnSpec spec, SessionLog& log) : spec_(std::move(spec)), log_(log) {}

void TurnMachine::on(const TurnEvent& event, SteadyTime now, std::vector<TurnAction>& out) {
    if (state_ == State::done) return;
    if (std::holds_alternative<TurnStarted>(event)) {
        if (state_ != State::idle) return;
        began_ = now;
        log_.append(UserMessageAdded{turn() + 1, spec_.user_message});
        log_.append(DecisionTaken{turn(), "routing", spec_.routing_reasons});
        log_.append(DecisionTaken{turn(), "parameters", spec_.call.params.reasons()});
        start_call(out);
    } else if (const auto* delivered = std::get_if<CallDelivered>(&event)) {
        if (state_ != State::calling) return;
        if (const auto* text = std::get_if<TextDelta>(&delivered->event)) {
            text_ += text->text;
            out.emplace_back(EmitChunk{{.content = text->text}});
        }
    } else if (const auto* returned = std::get_if<CallReturned>(&event)) {
        if (state_ == State::calling || state_ == State::cancelling) on_returned(returned->ended, now, out);
    } else if (const auto* cancelled = std::get_if<TurnCancelled>(&event)) {
        if (state_ == State::idle) {
            // Nothing was sent and nothing was said: the conversation is as it was.
            state_ = State::done;
            out.emplace_back(TurnFinished{cancelled->reason});
        } else if (state_ == State::calling) {
            state_ = State::cancelling;
            out.emplace_back(CancelCall{cancelled->reason});
        }
    }
}

void TurnMachine::start_call(std::vector<TurnAction>& out) {
    state_ = State::calling;
    log_.append(CallBegan{turn(), spec_.call.provider, spec_.call.wire_model, std::string(brain::to_string(spec_.purpose))});
    routing::CallSpec call{spec_.channel, spec_.call, spec_.key_places, spec_.retry, spec_.http, spec_.deadline};
    call.call.messages = log_.state().messages();
    out.emplace_back(StartCall{std::move(call)});
}

void TurnMachine::on_returned(const routing::CallEnded& ended, SteadyTime now, std::vector<TurnAction>& out) {
    usage_ += ended.usage;
    cost_ = cost_ && ended.cost ? std::optional(*cost_ + *ended.cost) : std::nullopt;
    waited_ += ended.waited;
    ResponseMetadata& metadata = response_.metadata;
    metadata.attempts.insert(metadata.attempts.end(), ended.attempts.begin(), ended.attempts.end());
    metadata.request_id = ended.request_id;

    if (ended.result) {
        answered(*ended.result, now, out);
        return;
    }
    log_.append(CallFailed{turn(), std::string(cortex::to_string(ended.result.error().code)), ended.usage});
    ended_badly(ended.result.error(), ended.result.error().code == ErrorCode::cancelled ? TurnOutcome::cancelled : TurnOutcome::failed, out);
}

void TurnMachine::answered(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out) {
    if (done.stop == StopReason::refusal) {
        log_.append(CallFailed{turn(), std::string(cortex::to_string(ErrorCode::content_filter)), {}});
        ended_badly({.code = ErrorCode::content_filter,
                     .message = fmt::format("{} declined to answer{}{}. Rephrase the message; the refused turn is not part of the conversation.",
                                            spec_.call.wire_model, done.explanation.empty() ? "" : ": ", done.explanation),
                     .provider = spec_.call.provider,
                     .model = spec_.call.wire_model,
                     .http_status = 200,
                     .request_id = response_.metadata.request_id},
                    TurnOutcome::failed, out);
        return;
    }
    log_.append(ModelOutputCommitted{turn(), std::make_shared<Message>(done.message), done.stop, done.usage});
    if (done.stop == StopReason::pause && state_ == State::calling && continuations_ < most_continuations) {
        ++continuations_;
        start_call(out);
        return;
    }
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

void TurnMachine::ended_badly(ErrorInfo error, TurnOutcome outcome, std::vector<TurnAction>& out) {
    error.partial_content = text_;
    if (error.code == ErrorCode::model_not_found && !spec_.suggested_model.empty())
        error.message += fmt::format(" The catalogue knows {}: did you mean that?", spec_.suggested_model);
    MessagePtr partial;
    if (outcome == TurnOutcome::cancelled)
        partial = partial_message(std::move(text_), {.provider = spec_.call.provider, .model = spec_.call.wire_model, .account = {}});
    log_.append(TurnEnded{turn(), outcome, std::move(partial), usage_});
    state_ = State::done;
    out.emplace_back(TurnFinished{std::move(error)});
}

void TurnMachine::finish_metadata(const MessageDone& done, SteadyTime now) {
    ResponseMetadata& metadata = response_.metadata;
    metadata.model_used = done.model.empty() ? spec_.call.wire_model : done.model;
    metadata.provider = spec_.call.provider;
    metadata.tokens_used = usage_.total();
    metadata.input_tokens = usage_.total_input();
    metadata.output_tokens = usage_.output;
    metadata.cached_tokens = usage_.cache_read;
    metadata.cache_write_tokens = usage_.cache_write();
    metadata.thinking_tokens = usage_.thinking;
    const std::chrono::duration<double, std::milli> whole = now - began_;
    const std::chrono::duration<double, std::milli> own = whole - waited_;
    metadata.latency_ms = whole.count();
    metadata.overhead_ms = own.count() > 0 ? own.count() : 0.0;
    metadata.finish_reason = cortex::to_string(done.stop == StopReason::unknown ? StopReason::stop : done.stop);
    if (cost_) metadata.cost_usd = static_cast<double>(*cost_) / 1e9;
    metadata.notices = spec_.notices;
    metadata.degraded = spec_.degraded;
    if (done.stop == StopReason::unknown)
        metadata.notices.push_back(fmt::format("{} stopped for a reason that this version does not know: {}.", metadata.model_used,
                                               done.vendor_stop.empty() ? "none was given" : done.vendor_stop));

    const LegalParams& params = spec_.call.params;
    using Form = LegalParams::ThinkingForm;
    metadata.thinking.enabled = params.thinks();
    metadata.thinking.form = params.thinking_form() == Form::budget ? "budget" : params.thinking_form() == Form::adaptive ? "adaptive"
                             : params.thinking_form() == Form::disabled ? "disabled" : "";
    metadata.thinking.budget = static_cast<int>(params.thinking_budget());
    metadata.thinking.effort = params.effort();
    metadata.thinking.tokens = usage_.thinking;
    metadata.thinking.reasons = params.reasons();
    metadata.routing.role = brain::to_string(spec_.role);
    metadata.routing.path = spec_.role == brain::ModelRole::orchestrator ? "system2" : "system1";
    metadata.routing.reasons = spec_.routing_reasons;
}

std::string_view to_string(TurnMachine::State state) noexcept {
    switch (state) {
        case TurnMachine::State::idle: return "idle";
        case TurnMachine::State::calling: return "calling";
        case TurnMachine::State::cancelling: return "cancelling";
        case TurnMachine::State::done: return "done";
    }
    return "done";
}

}  // namespace cortex::agent
