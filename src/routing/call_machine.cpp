#include "routing/call_machine.hpp"

#include "core/catalog.hpp"
#include "core/mask.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "core/token_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::routing {
namespace {

/// Enough of an error's body to classify it; a proxy's page may be longer.
constexpr std::size_t error_body_limit = 64 * 1024;

double milliseconds_between(SteadyTime from, SteadyTime to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

/// Servers and proxies label streams wrongly now and then; a body that begins like one is taken for one.
bool looks_like_sse(std::string_view bytes) {
    return bytes.starts_with("data:") || bytes.starts_with("event:") || bytes.starts_with(":");
}

/// No text begins with a zero byte; a frame of AWS's event stream of less than 16 MiB does.
bool looks_like_frames(std::string_view bytes) { return bytes.starts_with('\0'); }

/// An answer that is no stream has begun: an error page, or words of another kind of server, are none.
bool looks_like_answer(std::string_view body) { return trim(body).starts_with('{'); }

/// A cut stream's counts, with what was seen of its text where the vendor counts only at the end.
Usage at_least(Usage usage, std::string_view text) {
    usage.output = std::max(usage.output, estimate_tokens(text));
    return usage;
}

}  // namespace

CallMachine::CallMachine(CallSpec spec, Rng& rng) : spec_(std::move(spec)), rng_(rng) {}

void CallMachine::on(const CallEvent& event, SteadyTime now, std::vector<CallAction>& out) {
    if (state_ == State::ended) return;
    if (std::holds_alternative<CallStarted>(event)) {
        if (state_ == State::idle) begin(now, out);
    } else if (const auto* credential = std::get_if<CredentialReady>(&event)) {
        if (state_ == State::credential) on_credential(*credential, now, out);
    } else if (const auto* head = std::get_if<HeadArrived>(&event)) {
        if (state_ == State::waiting) on_head(head->head, now, out);
    } else if (const auto* bytes = std::get_if<BytesArrived>(&event)) {
        on_bytes(bytes->bytes, now, out);
    } else if (const auto* end = std::get_if<BodyEnded>(&event)) {
        on_body_end(end->result, now, out);
    } else if (std::holds_alternative<PauseOver>(event)) {
        if (state_ == State::pausing) {
            ended_.waited += now - waiting_since_;
            start_attempt(out);
        }
    } else if (const auto* cancelled = std::get_if<CallCancelled>(&event)) {
        if (state_ == State::pausing) out.emplace_back(CancelPause{});
        if (state_ == State::pausing || request_open_) ended_.waited += now - waiting_since_;
        if (request_open_) {
            const bool answering = state_ == State::streaming || state_ == State::collecting;
            if (answering) ended_.usage_known = false;
            record(std::string(to_string(cancelled->reason.code)), used_so_far(), !answering, {}, now);
            request_open_ = false;
            out.emplace_back(CancelRequest{});
        }
        finish(describe(cancelled->reason), out);
    }
}

void CallMachine::begin(SteadyTime now, std::vector<CallAction>& out) {
    if (spec_.repeats) spec_.repeats->earn();
    if (!spec_.not_before || *spec_.not_before <= now) return start_attempt(out);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*spec_.not_before - now);
    std::string why = fmt::format("the rate limit of {} is used up for {} ms more", spec_.call.wire_model, wait.count());
    if (wait > spec_.retry.retry_after_cap || spec_.deadline.passed(*spec_.not_before)) {
        why[0] = 'T';
        finish(describe({.code = ErrorCode::rate_limit, .message = why + ", as its last answer said. Ask again then, or register another provider.", .retryable = true,
                         .retry_after = wait}),
               out);
        return;
    }
    waiting_since_ = now;
    state_ = State::pausing;
    out.emplace_back(PauseUntil{*spec_.not_before, std::move(why) + '.'});
}

void CallMachine::start_attempt(std::vector<CallAction>& out) {
    // Asked for anew each time: a key that is rotated, or a token that expired meanwhile, must not be sent again.
    state_ = State::credential;
    credential_.reset();
    out.emplace_back(FetchCredential{refused_ ? std::optional(refused_->first) : std::nullopt});
}

void CallMachine::on_credential(const CredentialReady& ready, SteadyTime now, std::vector<CallAction>& out) {
    if (!ready.credential) {
        finish(describe(ready.credential.error()), out);
        return;
    }
    credential_ = *ready.credential;
    if (const auto refused = std::exchange(refused_, std::nullopt); refused && no_news(refused->first, *credential_)) {
        finish(describe(refused->second), out);
        return;
    }
    const Dialect& dialect = spec_.channel->dialect_for(*spec_.call.model);
    if (!body_) body_ = dialect.encode(spec_.call);
    HttpRequest request = spec_.channel->address(spec_.call, body_);
    request.deadlines = spec_.http;
    request.streaming = spec_.call.stream;
    spec_.channel->authorize(request, *credential_, ready.wall);

    head_.reset();
    decoder_ = dialect.decoder(spec_.call);
    sse_.reset();
    deframer_.reset();
    collected_.clear();
    delivered_.clear();
    answer_begun_ = false;
    attempt_began_ = waiting_since_ = now;
    request_open_ = true;
    state_ = State::waiting;
    out.emplace_back(SendRequest{std::move(request)});
}

void CallMachine::on_head(const HttpHead& head, SteadyTime, std::vector<CallAction>&) {
    head_ = head;
    ended_.request_id = spec_.channel->request_id(spec_.call, head);
    ended_.limits = parse_rate_limits(head);
    const Framing framing = spec_.channel->framing(spec_.call);
    const std::string type = head.content_type();
    if (head.status < 200 || head.status > 299) {
        state_ = State::failing;
    } else if (framing == Framing::sse && type == "text/event-stream") {
        state_ = State::streaming;
    } else if (framing == Framing::aws_event_stream && type == "application/vnd.amazon.eventstream") {
        deframer_ = spec_.channel->deframer(spec_.call);
        state_ = State::streaming;
    } else {
        state_ = State::collecting;
    }
}

void CallMachine::on_bytes(std::string_view bytes, SteadyTime now, std::vector<CallAction>& out) {
    switch (state_) {
        case State::failing:
            collected_.append(bytes.substr(0, error_body_limit - std::min(error_body_limit, collected_.size())));
            return;
        case State::collecting:
            collected_.append(bytes);
            if (spec_.call.stream && collected_.size() >= 6) {
                if (looks_like_frames(collected_)) deframer_ = spec_.channel->deframer(spec_.call);
                if (!deframer_ && !looks_like_sse(collected_)) return;
                state_ = State::streaming;
                const std::string begun = std::exchange(collected_, {});
                on_bytes(begun, now, out);
            }
            return;
        case State::streaming: {
            if (!deframer_ && !sse_) sse_ = std::make_unique<net::SseDecoder>();
            const bool fed = deframer_ ? deframer_->feed(bytes, *decoder_, decoded_)
                                       : sse_->feed(bytes, [&](const SseEvent& event) { decoder_->on_event(event, decoded_); });
            take_decoded(now, out);
            if (!fed && request_open_) {
                request_open_ = false;
                out.emplace_back(CancelRequest{});
                attempt_failed(deframer_ ? *deframer_->error() : *sse_->error(), used_so_far(), now, out);
            }
            return;
        }
        case State::idle:
        case State::credential:
        case State::waiting:
        case State::pausing:
        case State::ended: return;
    }
}

void CallMachine::on_body_end(const Result<void>& result, SteadyTime now, std::vector<CallAction>& out) {
    if (!request_open_) return;
    if (!result) {
        request_open_ = false;
        if (state_ == State::collecting && looks_like_answer(collected_)) answer_begun_ = true;
        attempt_failed(result.error(), used_so_far(), now, out);
        return;
    }
    if (state_ == State::failing) {
        request_open_ = false;
        attempt_failed(classify(), {}, now, out);
        return;
    }
    if (state_ == State::collecting) decoder_->on_document(collected_, decoded_);
    if (state_ == State::collecting || state_ == State::streaming) decoder_->on_end(decoded_);
    take_decoded(now, out);
}

void CallMachine::take_decoded(SteadyTime now, std::vector<CallAction>& out) {
    for (StreamEvent& event : std::exchange(decoded_, {})) {
        if (!request_open_) return;
        if (auto* done = std::get_if<MessageDone>(&event)) {
            request_open_ = false;
            // The rest of the body is of no interest, but the connection is: it goes back to the pool when its end arrives.
            attempt_done(std::move(*done), now, out);
        } else if (auto* failed = std::get_if<MessageFailed>(&event)) {
            request_open_ = false;
            if (state_ == State::streaming) out.emplace_back(CancelRequest{});
            // Half an answer was made, and is paid for, as much as a whole one; an error in its place says that there was none.
            const bool half = failed->error.code == ErrorCode::network || failed->error.code == ErrorCode::protocol;
            if (state_ == State::collecting && half && looks_like_answer(collected_)) answer_begun_ = true;
            if (failed->error.request_id.empty()) failed->error.request_id = ended_.request_id;
            attempt_failed(std::move(failed->error), failed->usage, now, out);
        } else {
            answer_begun_ = true;
            if (const auto* text = std::get_if<TextDelta>(&event)) delivered_ += text->text;
            out.emplace_back(Deliver{std::move(event)});
        }
    }
}

void CallMachine::attempt_done(MessageDone done, SteadyTime now, std::vector<CallAction>& out) {
    ended_.waited += now - waiting_since_;
    record("ok", done.usage, done.usage_known, done.model, now);
    done.message.role = Role::assistant;
    done.message.origin = {.provider = spec_.call.provider, .model = spec_.call.wire_model, .account = {}};
    finish(std::move(done), out);
}

void CallMachine::attempt_failed(ErrorInfo error, const Usage& usage, SteadyTime now, std::vector<CallAction>& out) {
    ended_.waited += now - waiting_since_;
    if (head_ && !error.retry_after) error.retry_after = retry_after(*head_);
    if (error.http_status == 0 && head_) error.http_status = head_->status;
    // A stream that had begun has used what it had counted, and perhaps more.
    if (answer_begun_) ended_.usage_known = false;
    record(std::string(to_string(error.code)), answer_begun_ ? at_least(usage, delivered_) : usage, usage.total() > 0, {}, now);
    if (repair(error, out) || cure(error, out)) return;

    const bool nothing_delivered = delivered_.empty();
    if (!error.retryable || !nothing_delivered || repeats_ >= spec_.retry.max_retries) {
        finish(describe(std::move(error)), out);
        return;
    }
    const auto pause = error.retry_after ? *error.retry_after : backoff(repeats_, rng_);
    if (pause > spec_.retry.retry_after_cap || spec_.deadline.passed(now + pause)) {
        finish(describe(std::move(error)), out);
        return;
    }
    if (spec_.repeats && !spec_.repeats->spend()) {
        ended_.notices.emplace_back("a failed call was not repeated, because too many of the last calls had to be");
        finish(describe(std::move(error)), out);
        return;
    }
    ++repeats_;
    waiting_since_ = now;
    state_ = State::pausing;
    out.emplace_back(PauseUntil{now + pause, describe(std::move(error)).message});
}

std::string_view what_was_left_out(Remedy remedy) noexcept {
    switch (remedy) {
        case Remedy::none: break;
        case Remedy::drop_thinking_blocks: return "the earlier thinking left out";
        case Remedy::drop_tools: return "the tools left out";
        case Remedy::drop_stream_usage: return "the wish for usage in the stream left out";
        case Remedy::drop_effort: return "the wish for an effort left out";
        case Remedy::other_max_tokens: return "the answer's length under its other name";
        case Remedy::system_role: return "the system prompt under its older role";
    }
    return "nothing left out";
}

bool CallMachine::repair(const ErrorInfo& refusal, std::vector<CallAction>& out) {
    if (!delivered_.empty() || !head_ || state_ != State::failing) return false;
    const Remedy remedy = spec_.channel->dialect_for(*spec_.call.model).remedy(spec_.call, *head_, collected_);
    bool* switched = nullptr;
    switch (remedy) {
        case Remedy::none: return false;
        case Remedy::drop_thinking_blocks: switched = &spec_.call.without_thinking_blocks; break;
        case Remedy::drop_tools: switched = &spec_.call.without_tools; break;
        case Remedy::drop_stream_usage: switched = &spec_.call.without_stream_usage; break;
        case Remedy::drop_effort: switched = &spec_.call.without_effort; break;
        case Remedy::other_max_tokens: switched = &spec_.call.other_max_tokens; break;
        case Remedy::system_role: switched = &spec_.call.system_role; break;
    }
    if (switched == nullptr || *switched) return false;
    *switched = true;
    body_ = nullptr;
    ended_.repairs.push_back({remedy, refusal.message});
    start_attempt(out);
    return true;
}

bool CallMachine::cure(const ErrorInfo& refusal, std::vector<CallAction>& out) {
    if (!delivered_.empty() || !head_ || state_ != State::failing) return false;
    switch (spec_.channel->cure(*head_, collected_)) {
        case Cure::none: return false;
        case Cure::fresh_credential:
            if (std::exchange(tried_fresh_credential_, true)) return false;
            refused_.emplace(*credential_, refusal);
            break;
        case Cure::clock_corrected:
            if (std::exchange(tried_other_clock_, true)) return false;
            ended_.notices.push_back(spec_.channel->learned());
            break;
    }
    start_attempt(out);
    return true;
}

Usage CallMachine::used_so_far() {
    if (state_ != State::streaming || !decoder_) return {};
    return at_least(usage_until_now(*decoder_), delivered_);
}

const Prices& CallMachine::prices(std::string_view served) const {
    // Vendors route retired models to others, and bill those.
    if (spec_.catalog && !served.empty() && served != spec_.call.wire_model)
        if (const ModelInfo* row = spec_.catalog->find(served); row != nullptr && row->provider == spec_.call.model->provider && row->provider == "gemini") return row->prices;
    return spec_.call.model->prices;
}

void CallMachine::record(std::string outcome, const Usage& usage, bool usage_known, std::string_view served, SteadyTime now) {
    ended_.usage += usage;
    if (outcome == "ok" && !usage_known) ended_.usage_known = false;
    Attempt attempt{.provider = spec_.call.provider,
                    .model = spec_.call.wire_model,
                    .outcome = std::move(outcome),
                    .http_status = head_ ? head_->status : 0,
                    .duration_ms = milliseconds_between(attempt_began_, now),
                    .input_tokens = usage.total_input(),
                    .output_tokens = usage.output,
                    .cost_usd = {},
                    .request_id = ended_.request_id};
    // An answer without usage has a price that nobody knows; a failed attempt without usage cost nothing.
    const auto cost = attempt.outcome == "ok" && !usage_known ? std::nullopt : cost_nanodollars(prices(served), usage);
    if (cost) attempt.cost_usd = static_cast<double>(*cost) / 1e9;
    ended_.cost = cost && ended_.cost ? std::optional(*ended_.cost + *cost) : std::nullopt;
    ended_.attempts.push_back(std::move(attempt));
}

void CallMachine::finish(Result<MessageDone> result, std::vector<CallAction>& out) {
    state_ = State::ended;
    ended_.result = std::move(result);
    ended_.partial_text = std::move(delivered_);
    out.emplace_back(std::move(ended_));
}

/// Names the call in an error, and masks the credential where the other side repeated it.
ErrorInfo CallMachine::describe(ErrorInfo error) const {
    if (error.provider.empty()) error.provider = spec_.call.provider;
    if (error.model.empty()) error.model = spec_.call.wire_model;
    if (credential_) {
        if (error.code == ErrorCode::auth && error.http_status != 0 && credential_->kind != Credential::Kind::none) {
            const bool by_variable = credential_->source.starts_with("environment");
            if (spec_.key_places.empty())
                error.message += fmt::format(" The credential came from {}.", credential_->source);
            else if (by_variable)
                error.message += fmt::format(" The key came from {}.", credential_->source);
            else
                error.message += fmt::format(" The key came from {}, which beats {}.", credential_->source, spec_.key_places);
        }
        for (const std::string_view secret : {SecretAccess::text(credential_->secret), SecretAccess::text(credential_->session_token),
                                              std::string_view(credential_->access_key_id)}) {
            error.message = mask_secret(error.message, secret);
            error.request_id = mask_secret(error.request_id, secret);
        }
    }
    error.partial_content = delivered_;
    return error;
}

}  // namespace cortex::routing
