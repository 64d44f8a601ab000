#pragma once

#include "agent/turn_machine.hpp"
#include "core/logger.hpp"
#include "engine/call_driver.hpp"
#include "engine/credential_desk.hpp"
#include "engine/provider_entry.hpp"
#include "engine/run_state.hpp"
#include "engine/session_data.hpp"
#include "engine/shard.hpp"
#include "engine/tool_runner.hpp"
#include "engine/worker_pool.hpp"

#include <array>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace cortex {

/// Carries out what the machines of one turn decide: turns their actions into transfers, timers and chunks, and what happens
/// to those into events. Decides nothing itself. Lives on the session's shard; used on its thread only.
class TurnDriver final : public Resident, public std::enable_shared_from_this<TurnDriver> {
public:
    struct Parts {
        Shard& shard;
        WorkerPool& workers;                ///< For what blocks.
        std::shared_ptr<CredentialDesk> desk;
        std::shared_ptr<ToolRunner> tools;
        std::shared_ptr<const World> world;
        std::shared_ptr<Logger> logger;
        std::vector<std::shared_ptr<const ProviderEntry>> providers;   ///< All that a call of the turn may name.
        std::shared_ptr<SessionData> session;
        std::shared_ptr<RunState> run;
        BudgetCallback on_budget = {};      ///< Null: the run's consumer is asked.
    };
    TurnDriver(Parts parts, agent::TurnSpec spec);
    ~TurnDriver() override;

    void start();
    void cancel(ErrorInfo reason);
    void answer(const std::string& request_id, RunAnswer answer);

private:
    void on_turn(const agent::TurnEvent& event);
    void perform(agent::TurnAction& action);
    void perform(agent::StartCall& action);
    void perform(agent::RunTool& action);
    void perform(agent::AskApproval& action);
    void perform(agent::AskBudget& action);
    void answer_tool(std::size_t index, ToolOutcome outcome);
    void answer_approval(std::size_t index, Approval approval);
    void answer_budget(const std::string& request_id, const Budget& more);
    void end_tool(std::size_t index);
    void tell_to_stop(const std::stop_source& stop);
    void stop_timer(std::optional<net::TimerId>& timer);
    void finish(Result<Response> result);

    Parts parts_;
    Deadline deadline_;                      ///< The turn's.
    agent::TurnMachine turn_;
    std::array<std::shared_ptr<CallDriver>, 2> calls_;   ///< By lane.
    std::string budget_request_;             ///< The id of the question about a limit that waits for its answer.
    /// A call of the running round that somebody works on, or is asked about.
    struct ToolAtWork {
        std::string request_id;              ///< Of the request to the run's consumer; empty where a thread of the engine works.
        bool asking = false;
        std::stop_source stop;
        std::optional<net::TimerId> timer;
    };
    std::unordered_map<std::size_t, ToolAtWork> tools_;
    std::uint64_t round_ = 0;                ///< Tells a late outcome from one of the current round.
    std::optional<net::TimerId> turn_timer_;
    std::optional<net::TimerId> hedge_timer_;
    bool finished_ = false;
};

}  // namespace cortex
