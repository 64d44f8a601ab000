#pragma once

#include "core/model_call.hpp"

#include <cortex/config.hpp>

#include <memory>

namespace cortex {

class EngineCore;

/// What an agent's copies share. The prefix is rendered once and serves all its sessions.
class AgentState {
public:
    AgentConfig config;
    std::shared_ptr<const FrozenPrefix> prefix;
    std::shared_ptr<EngineCore> core;
};

}  // namespace cortex
