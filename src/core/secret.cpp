#include <cortex/secret.hpp>

#include "core/secret_access.hpp"

#include <string.h>  // explicit_bzero is not in <cstring>

namespace cortex {

void wipe(std::string& text) noexcept {
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

struct Secret::State {
    std::string text = {};
    std::function<std::string()> source = {};
    bool from_run = false;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { wipe(text); }
};

Secret::Secret() = default;

Secret::Secret(const char* text) : Secret(std::string(text == nullptr ? "" : text)) {}

Secret::Secret(std::string text) {
    if (!text.empty()) {
        auto state = std::make_shared<State>();
        state->text = text;
        state_ = std::move(state);
    }
    wipe(text);
}

Secret::Secret(Source, std::function<std::string()> source) {
    if (!source) return;
    auto state = std::make_shared<State>();
    state->source = std::move(source);
    state_ = std::move(state);
}

Secret Secret::from_run() {
    auto state = std::make_shared<State>();
    state->from_run = true;
    Secret secret;
    secret.state_ = std::move(state);
    return secret;
}

bool Secret::absent() const noexcept { return state_ == nullptr; }

SecretAccess::Kind SecretAccess::kind(const Secret& secret) noexcept {
    if (!secret.state_) return Kind::absent;
    if (secret.state_->from_run) return Kind::from_run;
    return secret.state_->source ? Kind::callable : Kind::text;
}

std::string_view SecretAccess::text(const Secret& secret) noexcept {
    return secret.state_ ? std::string_view(secret.state_->text) : std::string_view();
}

std::string SecretAccess::call(const Secret& secret) { return secret.state_->source(); }

}  // namespace cortex
