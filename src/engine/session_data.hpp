#pragma once

#include "agent/session_log.hpp"
#include "core/clock.hpp"
#include "core/model_call.hpp"

#include <atomic>
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
    std::shared_ptr<const FrozenPrefix> prefix;
    SteadyTime began{};
    std::size_t shard = 0;               ///< Its home for life.

    std::atomic<bool> busy{false};
    agent::SessionLog log;

    std::mutex mutex;                    ///< Guards what follows.
    bool closed = false;
    std::weak_ptr<RunState> running;     ///< The last run that was started.
};

}  // namespace cortex
