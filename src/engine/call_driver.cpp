#include "engine/call_driver.hpp"

#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {
namespace {

/// How long a transfer whose answer is whole may take to end by itself, so that its connection can be used again.
constexpr std::chrono::milliseconds drain_time{1'000};

}  // namespace

/// One transfer's sink. It may outlive its driver's interest: then it drains, and its connection goes back to the pool.
class CallDriver::Exchange final : public Resident, public HttpSink, public std::enable_shared_from_this<Exchange> {
public:
    Exchange(Shard& shard, CallDriver* driver) : shard_(shard), driver_(driver) {}
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
        if (CallDriver* driver = std::exchange(driver_, nullptr)) driver->on_call(routing::BodyEnded{std::move(result)});
    }

private:
    void close() {
        if (!open_) return;
        open_ = false;
        shard_.transport().cancel(transfer_);
        shard_.release(this);
    }

    Shard& shard_;
    CallDriver* driver_;
    TransferId transfer_ = 0;
    bool open_ = false;
    std::optional<net::TimerId> drain_timer_;
};

CallDriver::CallDriver(Parts parts, routing::CallSpec spec, Told told)
    : parts_(std::move(parts)), told_(std::move(told)), deadline_(spec.deadline), call_(std::move(spec), parts_.shard.rng()) {}

CallDriver::~CallDriver() {
    if (exchange_) exchange_->cancel();
}

void CallDriver::start() { on_call(routing::CallStarted{}); }

void CallDriver::cancel(ErrorInfo reason) { on_call(routing::CallCancelled{std::move(reason)}); }

void CallDriver::on_call(const routing::CallEvent& event) {
    if (ended_) return;
    const auto self = shared_from_this();
    std::vector<routing::CallAction> actions;
    call_.on(event, parts_.shard.now(), actions);
    for (routing::CallAction& action : actions) perform(action);
}

void CallDriver::perform(routing::CallAction& action) {
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
        told_.delivered(std::move(deliver->event));
    } else if (auto* ended = std::get_if<routing::CallEnded>(&action)) {
        close_exchange(true);
        ended_ = true;
        key_request_.clear();
        for (const std::string& notice : ended->notices)
            if (parts_.logger->enabled(LogLevel::warn)) parts_.logger->write(LogLevel::warn, fmt::format("{}: {}", provider().traits.name, notice));
        for (const routing::Repair& repair : ended->repairs)
            if (parts_.logger->enabled(LogLevel::warn))
                parts_.logger->write(LogLevel::warn, fmt::format("{}: asked again with {}, because the server said: {}", provider().traits.name,
                                                                 routing::what_was_left_out(repair.remedy), repair.why));
        told_.ended(std::move(*ended));
    }
}

void CallDriver::fetch(const std::optional<Credential>& refused) {
    if (provider().from_run) {
        key_request_ = fmt::format("key_{}", random_hex(parts_.shard.rng(), 16));
        parts_.run->push(KeyRequest{.request_id = key_request_, .provider = provider().traits.name});
        return;
    }
    if (!provider().source_blocks) {
        World world = *parts_.world;
        world.deadline = deadline_;
        credential_ready(fetch_credential(provider(), world));
        return;
    }
    const auto& entry = parts_.provider;
    if (!refused) {
        CredentialSource::AtHand known = entry->source->at_hand(parts_.shard.wall());
        if (known.refresh) parts_.desk->renew(entry);
        if (known.credential) {
            credential_ready(*std::move(known.credential));
            return;
        }
    }
    parts_.desk->ask(entry, refused, deadline_, [weak = weak_from_this(), line = parts_.shard.line(), number = asked_](Result<Credential> credential) {
        line->post([weak, number, credential = std::move(credential)]() mutable noexcept {
            if (const auto self = weak.lock(); self && self->asked_ == number) self->credential_ready(std::move(credential));
        });
    });
}

void CallDriver::credential_ready(Result<Credential> credential) {
    ++asked_;
    on_call(routing::CredentialReady{std::move(credential), parts_.shard.wall()});
}

bool CallDriver::answer(const std::string& request_id, const RunAnswer& answer) {
    if (request_id.empty() || request_id != key_request_) return false;
    if (const auto* secret = std::get_if<Secret>(&answer)) {
        key_request_.clear();
        credential_ready(provider().accept(std::string(SecretAccess::text(*secret)), "the run that was asked for it"));
    }
    return true;
}

void CallDriver::send(HttpRequest request) {
    if (parts_.logger->enabled(LogLevel::debug))
        parts_.logger->write(LogLevel::debug, fmt::format("{}: POST {} ({} bytes{})", provider().traits.name, request.url,
                                                          request.body ? request.body->size() : 0, request.streaming ? ", streaming" : ""));
    exchange_ = std::make_shared<Exchange>(parts_.shard, this);
    exchange_->begin(std::move(request));
}

void CallDriver::close_exchange(bool drain) {
    const auto exchange = std::exchange(exchange_, nullptr);
    if (!exchange) return;
    if (drain)
        exchange->drain();
    else
        exchange->cancel();
}

}  // namespace cortex
