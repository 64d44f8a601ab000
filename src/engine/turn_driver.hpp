#pragma once

#include "agent/turn_machine.hpp"
#include "core/logger.hpp"
#include "engine/provider_entry.hpp"
#include "engine/run_state.hpp"
#include "engine/session_data.hpp"
#include "engine/shard.hpp"
#include "engine/worker_pool.hpp"
#include "routing/call_machine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cortex {

/// Carries out what the machines of one turn decide: turns their actions into transfers, timers and chunks, and what happens
/// to those into events. Decides nothing itself. Lives on the session's shard; used on its thread only.
class TurnDriver final : public Resident, public std::enable_shared_from_this<TurnDriver> {
public:
    struct Parts {
        Shard& shard;
        WorkerPool& workers;
        std::shared_ptr<const World> world;
        std::shared_ptr<Logger> logger;
        std::shared_ptr<const ProviderEntry> provider;
        std::shared_ptr<SessionData> session;
        std::shared_ptr<RunState> run;
    };
    TurnDriver(Parts parts, agent::TurnSpec spec);
    ~TurnDriver() override;

    void start();
    void cancel(ErrorInfo reason);
    void answer(const std::string& request_id, RunAnswer answer);

private:
    class Exchange;
    friend class Exchange;

    void on_turn(const agent::TurnEvent& event);
    void on_call(const routing::CallEvent& event);
    void perform(agent::TurnAction& action);
    void perform(routing::CallAction& action);
    void fetch();
    void credential_ready(std::uint64_t call, Result<Credential> credential);
    void send(HttpRequest request);
    void close_exchange(bool drain);
    void finish(Result<Response> result);

    Parts parts_;
    agent::TurnMachine turn_;
    Deadline deadline_;
    std::unique_ptr<routing::CallMachine> call_;
    std::uint64_t call_number_ = 0;          ///< Tells a late credential from the current call's.
    std::string key_request_;                ///< The id of the request that waits for the consumer's answer.
    std::shared_ptr<Exchange> exchange_;     ///< The transfer under way.
    std::optional<net::TimerId> pause_;
    std::optional<net::TimerId> turn_timer_;
    bool finished_ = false;
};

}  // namespace cortex
