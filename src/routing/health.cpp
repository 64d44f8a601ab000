#include "routing/health.hpp"

#include <algorithm>

namespace cortex::routing {
namespace {

/// Longer than any pause that is meant; keeps the arithmetic from overflowing.
constexpr std::chrono::hours longest_pause{24 * 365};

}  // namespace

CallOutcome outcome_of(const ErrorInfo& error, bool turn_over) noexcept {
    switch (error.code) {
        case ErrorCode::network: return CallOutcome::failure;
        case ErrorCode::timeout: return turn_over ? CallOutcome::neutral : CallOutcome::failure;
        // A 408 or 409 is about one request; an error inside a stream came with status 200.
        case ErrorCode::unavailable: return error.http_status >= 400 && error.http_status < 500 ? CallOutcome::neutral : CallOutcome::failure;
        default: return error.http_status >= 500 ? CallOutcome::failure : CallOutcome::neutral;
    }
}

std::string_view to_string(Health::State state) noexcept {
    switch (state) {
        case Health::State::closed: return "closed";
        case Health::State::open: return "open";
        case Health::State::half_open: return "half_open";
    }
    return "closed";
}

Health::Circuit& Health::circuit(std::string_view provider, std::string_view model) {
    const auto found = circuits_.find(std::pair(provider, model));
    if (found != circuits_.end()) return found->second;
    return circuits_.try_emplace({std::string(provider), std::string(model)}).first->second;
}

void Health::trip(Circuit& circuit, SteadyTime now) const {
    circuit.pause = circuit.tripped ? std::min(circuit.pause * 2, policy_.open_at_most) : policy_.open_for;
    circuit.tripped = true;
    circuit.open_until = now + circuit.pause;
    circuit.probe = 0;
}

Verdict Health::allow(std::string_view provider, std::string_view model, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    const auto found = circuits_.find(std::pair(provider, model));
    if (found == circuits_.end() || !found->second.tripped) return {};
    Circuit& circuit = found->second;
    if (now < circuit.open_until) return {.state = Verdict::State::open, .until = circuit.open_until};
    if (circuit.probe != 0 && now < circuit.probe_since + policy_.probe_at_most) return {.state = Verdict::State::open, .until = now};
    circuit.probe = ++tickets_;
    circuit.probe_since = now;
    return {.state = Verdict::State::probe, .until = {}, .ticket = circuit.probe};
}

void Health::report(std::string_view provider, std::string_view model, const Verdict& verdict, CallOutcome outcome, SteadyTime now,
                    std::string_view error) {
    const std::lock_guard lock(mutex_);
    Circuit& known = circuit(provider, model);
    if (outcome == CallOutcome::failure) known.last_error = error;
    if (known.tripped) {
        const bool probe = verdict.state == Verdict::State::probe && verdict.ticket == known.probe;
        // A call that was made all the same is as good a proof. What began before the circuit opened, or is a probe no more, says
        // nothing of the service now.
        if (outcome == CallOutcome::success && (probe || verdict.state == Verdict::State::open)) {
            known.tripped = false;
            known.failures = 0;
            known.probe = 0;
            known.last_error.clear();
        } else if (probe) {
            known.probe = 0;
            if (outcome != CallOutcome::failure) return;
            ++known.failures;
            trip(known, now);
        }
        return;
    }
    if (outcome == CallOutcome::success) {
        known.failures = 0;
        known.last_error.clear();
    } else if (outcome == CallOutcome::failure && ++known.failures >= policy_.failures_to_open) {
        trip(known, now);
    }
}

void Health::note_limits(std::string_view provider, std::string_view model, const RateLimits& limits, SteadyTime now) {
    const auto exhausted = limits.exhausted_for();
    const std::lock_guard lock(mutex_);
    // Most answers tell of nothing; they need no row.
    const auto found = circuits_.find(std::pair(provider, model));
    if (found == circuits_.end() && !exhausted) return;
    circuit(provider, model).limits_until = exhausted ? std::optional(now + *exhausted) : std::nullopt;
}

void Health::note_retry_after(std::string_view provider, std::string_view model, std::chrono::milliseconds pause, SteadyTime now) {
    if (pause <= std::chrono::milliseconds(0)) return;
    const std::lock_guard lock(mutex_);
    std::optional<SteadyTime>& until = circuit(provider, model).pause_until;
    until = std::max(until, std::optional(now + std::min<std::chrono::milliseconds>(pause, longest_pause)));
}

std::optional<SteadyTime> Health::exhausted(const Circuit& circuit, SteadyTime now) noexcept {
    const auto until = std::max(circuit.limits_until, circuit.pause_until);
    return until && *until > now ? until : std::nullopt;
}

std::optional<SteadyTime> Health::exhausted_until(std::string_view provider, std::string_view model, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto found = circuits_.find(std::pair(provider, model));
    return found == circuits_.end() ? std::nullopt : exhausted(found->second, now);
}

std::vector<Health::Line> Health::snapshot(SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    std::vector<Line> out;
    out.reserve(circuits_.size());
    for (const auto& [key, circuit] : circuits_) {
        const State state = !circuit.tripped ? State::closed : now < circuit.open_until ? State::open : State::half_open;
        out.push_back({.provider = key.first,
                       .model = key.second,
                       .state = state,
                       .consecutive_failures = circuit.failures,
                       .last_error = circuit.last_error,
                       .open_until = state == State::open ? std::optional(circuit.open_until) : std::nullopt,
                       .exhausted_until = exhausted(circuit, now)});
    }
    return out;
}

}  // namespace cortex::routing
