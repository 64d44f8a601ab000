#pragma once

#include "agent/session_log.hpp"
#include "core/clock.hpp"
#include "engine/agent_state.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace cortex {

class RunState;
class Shard;

/// One conversation. While `busy`, everything in `log` belongs to the turn's shard; else to whoever holds the session.
struct SessionData {
    std::string session_id;
    std::string user_id;
    std::shared_ptr<const AgentTraits> agent;
    SteadyTime began{};
    std::size_t shard = 0;               ///< Its home for life.

    std::atomic<bool> busy{false};
    agent::SessionLog log;

    std::mutex mutex;                    ///< Guards what follows.
    bool closed = false;
    std::int64_t system1_count = 0;      ///< Turns that began with the worker.
    std::int64_t system2_count = 0;      ///< And with the orchestrator.
    std::weak_ptr<RunState> running;     ///< The last run that was started.
};

}  // namespace cortex
