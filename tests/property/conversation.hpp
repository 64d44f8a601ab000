#pragma once

#include "agent/turn_machine.hpp"
#include "channels/anthropic_api.hpp"
#include "core/rng.hpp"

#include "in_process.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace cortex::property {

/// The engine's randomness and the test's own, both from one seed.
class SeededRng final : public Rng {
public:
    explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override { return engine_(); }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
    bool chance(unsigned percent) { return next() % 100 < percent; }

private:
    std::mt19937_64 engine_;
};

/// One session of the real machines against the strict emulator, in one thread and without a socket: every request is judged,
/// and must begin with what the same model was sent before.
class Conversation {
public:
    Conversation(SeededRng& rng, emulator::InProcess& vendor);

    /// One turn, with luck as the rng has it: tools that fail or hang, approvals, cancellations, a vendor that is overloaded.
    void run_turn(agent::TurnSpec spec, bool faults);

    /// What was refused or broke the prefix so far; empty if nothing.
    const std::string& complaint() const noexcept { return complaint_; }
    int requests() const noexcept { return requests_; }
    const std::shared_ptr<const Channel>& channel() const noexcept { return channel_; }
    const agent::SessionState& state() const noexcept { return log_.state(); }

private:
    using Turn = agent::TurnMachine;
    void on_turn(const agent::TurnEvent& event);
    void on_call(const routing::CallEvent& event);
    void step();
    void answer(const HttpRequest& request);
    void act_on_a_tool();
    void judge(const HttpRequest& request, const emulator::InProcess::Answer& answer);
    void complain(std::string what);
    ToolOutcome luck();

    SeededRng& rng_;
    emulator::InProcess& vendor_;
    std::shared_ptr<const Channel> channel_;
    agent::SessionLog log_;
    SteadyTime now_{};
    std::optional<Turn> turn_;
    std::optional<routing::CallMachine> call_;
    std::optional<HttpRequest> request_;        ///< Waits for its answer.
    bool wants_credential_ = false;
    bool pausing_ = false;
    std::map<std::size_t, bool> tools_;         ///< Open calls of the round; true: an approval is asked.
    bool finished_ = false;
    bool faults_ = false;
    std::map<std::string, std::string> sent_;   ///< By model: the prefix of its last request.
    std::string model_;
    int requests_ = 0;
    std::string complaint_;
};

}  // namespace cortex::property
