#pragma once

#include "core/clock.hpp"
#include "routing/rate_limits.hpp"

#include <cortex/error.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::routing {

/// What a call's end says of the service. `neutral`: nothing (cancelled, refused for what it asked, rate-limited).
enum class CallOutcome { success, failure, neutral };

/// Failures: 5xx and 529, also inside a stream, network errors, and timeouts of the call. `turn_over`: the turn's own timeout ended the call, which
/// says nothing of the service.
CallOutcome outcome_of(const ErrorInfo& error, bool turn_over = false) noexcept;

/// Whether a model may be asked. Kept until the call ended, and handed to `Health::report` then.
struct Verdict {
    enum class State { closed, probe, open };
    State state = State::closed;
    SteadyTime until = {};     ///< `open`: when asking again makes sense; the present while another call is the probe.
    std::uint64_t ticket = 0;  ///< `probe`: names it.

    bool allowed() const noexcept { return state != State::open; }
};

/// Which models answer at present, for each provider and model: a circuit breaker, and the rate limits that are known to be
/// used up. Healthy until shown otherwise. Thread-safe.
class Health {
public:
    struct Policy {
        int failures_to_open = 3;                        ///< Without a success between them.
        std::chrono::seconds open_for{30};               ///< Doubles with each probe that fails ...
        std::chrono::seconds open_at_most{300};          ///< ... up to this.
        std::chrono::seconds probe_at_most{660};         ///< A probe that was not reported after so long is taken for lost.
    };
    Health() : Health(Policy{}) {}
    explicit Health(Policy policy) : policy_(policy) {}

    /// `probe`: the one call that may test a service whose pause is over; all others get `open` until it is reported.
    Verdict allow(std::string_view provider, std::string_view model, SteadyTime now);

    /// How a call ended that `allow` was asked about (each call, once). A success of the probe closes the circuit, a failure opens it for twice as
    /// long, a neutral end leaves the next call to be the probe. A call that was made although the circuit was open, for want of another
    /// model, closes it by success and changes nothing else. `error`: for display.
    void report(std::string_view provider, std::string_view model, const Verdict& verdict, CallOutcome outcome, SteadyTime now,
                std::string_view error = {});

    /// The rate limits of an answer's head, success or not; they replace those known before.
    void note_limits(std::string_view provider, std::string_view model, const RateLimits& limits, SteadyTime now);
    /// A 429 that named its pause.
    void note_retry_after(std::string_view provider, std::string_view model, std::chrono::milliseconds pause, SteadyTime now);
    /// When a limit that is used up is whole again; nothing where none is known to be. A hint for choosing: services refill bit by bit.
    std::optional<SteadyTime> exhausted_until(std::string_view provider, std::string_view model, SteadyTime now) const;

    enum class State { closed, open, half_open };
    struct Line {
        std::string provider = {};
        std::string model = {};
        State state = State::closed;
        int consecutive_failures = 0;
        std::string last_error = {};                     ///< Of the last failure since the last success; "".
        std::optional<SteadyTime> open_until = {};
        std::optional<SteadyTime> exhausted_until = {};
    };
    /// Every model that was ever reported, sorted by provider and model.
    std::vector<Line> snapshot(SteadyTime now) const;

private:
    struct Circuit {
        bool tripped = false;
        int failures = 0;                   ///< In a row.
        std::chrono::seconds pause{0};      ///< Of the present trip.
        SteadyTime open_until = {};
        std::uint64_t probe = 0;            ///< Ticket of the one under way; 0: none.
        SteadyTime probe_since = {};
        std::string last_error = {};
        std::optional<SteadyTime> limits_until = {};   ///< By the counters of the last head.
        std::optional<SteadyTime> pause_until = {};    ///< By a refusal.
    };
    struct Less {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const noexcept {
            const int order = std::string_view(a.first).compare(b.first);
            return order != 0 ? order < 0 : std::string_view(a.second) < std::string_view(b.second);
        }
    };

    Circuit& circuit(std::string_view provider, std::string_view model);   ///< Under mutex_.
    void trip(Circuit& circuit, SteadyTime now) const;
    static std::optional<SteadyTime> exhausted(const Circuit& circuit, SteadyTime now) noexcept;

    const Policy policy_;
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Circuit, Less> circuits_;   ///< Under mutex_; by provider and model.
    std::uint64_t tickets_ = 0;         ///< Under mutex_.
};

std::string_view to_string(Health::State state) noexcept;   ///< "closed", "open", "half_open".

}  // namespace cortex::routing
