#include "engine/turn_driver.hpp"

#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex {
namespace {

/// How long a transfer whose answer is whole may take to end by itself, so that its connection can be used again.
constexpr std::chrono::milliseconds drain_time{1'000};

}  // namespace

/// One transfer's sink. It may outlive its driver's interest: then it drains, and its connection goes back to the pool.
class TurnDriver::Exchange final : public Resident, public HttpSink, public std::enable_shared_from_this<Exchange> {
public:
    Exchange(Shard& shard, TurnDriver* driver) : shard_(shard), driver_(driver) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() override {
        if (open_) shard_.transport().cancel(transfer_);
    }

    void begin(HttpRequest request) {
        open_ = true;
        shard_.keep(shared_from_this());
        transfer_ = shard_.transport().send(std::move(request), *this);
    }
    void cancel() {
        driver_ = nullptr;
        close();
    }
    void drain() {
        driver_ = nullptr;
        if (!open_) return;
        drain_timer_ = shard_.reactor().add_timer(shard_.now() + drain_time, [weak = weak_from_this()]() noexcept {
            if (const auto self = weak.lock()) {
                self->drain_timer_.reset();
                self->close();
            }
        });
    }

    void on_head(HttpHead head) override {
        if (driver_ != nullptr) driver_->on_call(routing::HeadArrived{std::move(head)});
    }
    void on_data(std::string_view bytes) override {
        if (driver_ == nullptr) return;
        const RunState::Corked corked(driver_->parts_.run);
        driver_->on_call(routing::BytesArrived{bytes});
    }
    void on_end(Result<void> result) override {
        open_ = false;
        shard_.release(this);
        if (drain_timer_) shard_.reactor().cancel_timer(*drain_timer_);
        if (TurnDriver* driver = std::exchange(driver_, nullptr)) driver->on_call(routing::BodyEnded{std::move(result)});
    }

private:
    void close() {
        if (!open_) return;
        open_ = false;
        shard_.transport().cancel(transfer_);
        shard_.release(this);
    }

    Shard& shard_;
    TurnDriver* driver_;
    TransferId transfer_ = 0;
    bool open_ = false;
    std::optional<net::TimerId> drain_timer_;
};

TurnDriver::TurnDriver(Parts parts, agent::TurnSpec spec)
    : parts_(std::move(parts)), turn_(std::move(spec), parts_.session->log), deadline_() {}

TurnDriver::~TurnDriver() {
    if (exchange_) exchange_->cancel();
    for (auto& [index, tool] : tools_) tell_to_stop(tool.stop);
}

void TurnDriver::start() {
    parts_.shard.keep(shared_from_this());
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

void TurnDriver::on_call(const routing::CallEvent& event) {
    if (!call_) return;
    const auto self = shared_from_this();
    std::vector<routing::CallAction> actions;
    call_->on(event, parts_.shard.now(), actions);
    for (routing::CallAction& action : actions) perform(action);
}

void TurnDriver::perform(agent::TurnAction& action) {
    if (auto* start = std::get_if<agent::StartCall>(&action)) {
        ++call_number_;
        ++round_;
        for (provider_ = 0; provider_ + 1 < parts_.providers.size(); ++provider_)
            if (parts_.providers[provider_]->traits.name == start->spec.call.provider) break;
        deadline_ = start->spec.deadline;
        if (deadline_.limited() && !turn_timer_)
            turn_timer_ = parts_.shard.reactor().add_timer(*deadline_.when(), [weak = weak_from_this()]() noexcept {
                if (const auto self = weak.lock()) {
                    self->turn_timer_.reset();
                    self->cancel({.code = ErrorCode::timeout,
                                  .message = "The turn's timeout passed before the answer was whole. Allow more time, or ask for less.",
                                  .retryable = true});
                }
            });
        call_ = std::make_unique<routing::CallMachine>(std::move(start->spec), parts_.shard.rng());
        on_call(routing::CallStarted{});
    } else if (auto* cancel = std::get_if<agent::CancelCall>(&action)) {
        on_call(routing::CallCancelled{std::move(cancel->reason)});
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

void TurnDriver::perform(routing::CallAction& action) {
    if (const auto* fetched = std::get_if<routing::FetchCredential>(&action)) {
        fetch(fetched->refused);
    } else if (auto* request = std::get_if<routing::SendRequest>(&action)) {
        send(std::move(request->request));
    } else if (std::holds_alternative<routing::CancelRequest>(action)) {
        close_exchange(false);
    } else if (auto* pause = std::get_if<routing::PauseUntil>(&action)) {
        close_exchange(true);
        if (parts_.logger->enabled(LogLevel::warn))
            parts_.logger->write(LogLevel::warn, fmt::format("{}: {} Asking again in {} ms.", provider().traits.name, pause->why,
                                                             std::chrono::ceil<std::chrono::milliseconds>(pause->when - parts_.shard.now()).count()));
        pause_ = parts_.shard.reactor().add_timer(pause->when, [weak = weak_from_this()]() noexcept {
            if (const auto self = weak.lock()) {
                self->pause_.reset();
                self->on_call(routing::PauseOver{});
            }
        });
    } else if (std::holds_alternative<routing::CancelPause>(action)) {
        if (pause_) parts_.shard.reactor().cancel_timer(*pause_);
        pause_.reset();
    } else if (auto* deliver = std::get_if<routing::Deliver>(&action)) {
        on_turn(agent::CallDelivered{std::move(deliver->event)});
    } else if (auto* ended = std::get_if<routing::CallEnded>(&action)) {
        close_exchange(true);
        ++call_number_;
        key_request_.clear();
        for (const std::string& notice : ended->notices)
            if (parts_.logger->enabled(LogLevel::warn)) parts_.logger->write(LogLevel::warn, fmt::format("{}: {}", provider().traits.name, notice));
        for (const routing::Repair& repair : ended->repairs)
            if (parts_.logger->enabled(LogLevel::warn))
                parts_.logger->write(LogLevel::warn, fmt::format("{}: asked again with {}, because the server said: {}", provider().traits.name,
                                                                 routing::what_was_left_out(repair.remedy), repair.why));
        on_turn(agent::CallReturned{std::move(*ended)});
    }
}

void TurnDriver::fetch(const std::optional<Credential>& refused) {
    if (provider().from_run) {
        key_request_ = fmt::format("key_{}_{}", call_number_, random_hex(parts_.shard.rng(), 8));
        parts_.run->push(KeyRequest{.request_id = key_request_, .provider = provider().traits.name});
        return;
    }
    if (!provider().source_blocks) {
        World world = *parts_.world;
        world.deadline = deadline_;
        credential_ready(call_number_, fetch_credential(provider(), world));
        return;
    }
    const auto& entry = parts_.providers[provider_];
    if (!refused) {
        CredentialSource::AtHand known = entry->source->at_hand(parts_.shard.wall());
        if (known.refresh) parts_.desk->renew(entry);
        if (known.credential) {
            credential_ready(call_number_, *std::move(known.credential));
            return;
        }
    }
    parts_.desk->ask(entry, refused, deadline_, [weak = weak_from_this(), line = parts_.shard.line(), number = call_number_](Result<Credential> credential) {
        line->post([weak, number, credential = std::move(credential)]() mutable noexcept {
            if (const auto self = weak.lock()) self->credential_ready(number, std::move(credential));
        });
    });
}

void TurnDriver::credential_ready(std::uint64_t call, Result<Credential> credential) {
    if (call != call_number_) return;
    on_call(routing::CredentialReady{std::move(credential), parts_.shard.wall()});
}

void TurnDriver::answer(const std::string& request_id, RunAnswer answer) {
    if (!request_id.empty() && request_id == key_request_) {
        const auto* secret = std::get_if<Secret>(&answer);
        if (secret == nullptr) return;
        key_request_.clear();
        credential_ready(call_number_, provider().accept(std::string(SecretAccess::text(*secret)), "the run that was asked for it"));
        return;
    }
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

void TurnDriver::send(HttpRequest request) {
    if (parts_.logger->enabled(LogLevel::debug))
        parts_.logger->write(LogLevel::debug, fmt::format("{}: POST {} ({} bytes{})", provider().traits.name, request.url,
                                                          request.body ? request.body->size() : 0, request.streaming ? ", streaming" : ""));
    exchange_ = std::make_shared<Exchange>(parts_.shard, this);
    exchange_->begin(std::move(request));
}

void TurnDriver::close_exchange(bool drain) {
    const auto exchange = std::exchange(exchange_, nullptr);
    if (!exchange) return;
    if (drain)
        exchange->drain();
    else
        exchange->cancel();
}

void TurnDriver::finish(Result<Response> result) {
    finished_ = true;
    if (parts_.logger->enabled(LogLevel::debug))
        parts_.logger->write(LogLevel::debug, result ? fmt::format("{}: answered by {} in {:.1f} ms, {} tokens", parts_.session->session_id,
                                                                   result->metadata.model_used, result->metadata.latency_ms, result->metadata.tokens_used)
                                                     : fmt::format("{}: {}: {}", parts_.session->session_id, to_string(result.error().code), result.error().message));
    if (turn_timer_) parts_.shard.reactor().cancel_timer(*turn_timer_);
    close_exchange(true);
    // The session is free before its consumer hears of it, so that the next turn can begin at once.
    parts_.session->busy.store(false, std::memory_order_release);
    parts_.run->finish(std::move(result));
    parts_.shard.release(this);
}

}  // namespace cortex
