#pragma once

#include "seeded_rng.hpp"
#include "vendors.hpp"
#include "wire.hpp"

#include "agent/turn_machine.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cortex::property {

/// One session of the real machines against the strict emulator, in one thread and without a socket: every request is judged,
/// and must begin with what the same model was sent before.
class Conversation {
public:
    /// `among`: all that its turns may ask.
    Conversation(SeededRng& rng, Vendors& vendors, const std::vector<Target>& among) : rng_(rng), vendors_(vendors), among_(among) {}

    /// One turn, with luck as the rng has it: tools that fail or hang, approvals, cancellations, providers that are overloaded now and
    /// then or for the whole turn, streams that break.
    void run_turn(agent::TurnSpec spec, bool faults);

    /// What was refused or broke the prefix so far; empty if nothing.
    const std::string& complaint() const noexcept { return complaint_; }
    int requests() const noexcept { return requests_; }
    int switches() const noexcept { return switches_; }   ///< A call went to another model than the one before.
    const agent::SessionState& state() const noexcept { return log_.state(); }

private:
    using Turn = agent::TurnMachine;
    void on_turn(const agent::TurnEvent& event);
    void on_call(const routing::CallEvent& event);
    void step();
    void answer(const HttpRequest& request);
    void act_on_a_tool();
    void judge(const HttpRequest& request, const Vendors::Reply& reply);
    const Target& asked() const;
    void complain(std::string what);
    ToolOutcome luck();

    SeededRng& rng_;
    Vendors& vendors_;
    const std::vector<Target>& among_;
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
    struct Sent {
        Wire wire;
        std::size_t messages = 0;               ///< Of the conversation, neutrally.
    };
    std::map<std::string, Sent> sent_;          ///< By provider and model: its last request.
    std::set<std::string> down_;                ///< Providers that answer nothing in this turn.
    agent::ModelChoice model_;                  ///< That is asked.
    std::vector<MessagePtr> asking_;            ///< The conversation of the running call.
    int requests_ = 0;
    int switches_ = 0;
    std::string complaint_;
};

}  // namespace cortex::property
