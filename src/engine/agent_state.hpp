#pragma once

#include "agent/tool_set.hpp"
#include "core/model_call.hpp"

#include <cortex/config.hpp>

#include <memory>

namespace cortex {

class EngineCore;

/// What all sessions of an agent share: made once, immutable.
struct AgentTraits {
    std::shared_ptr<const FrozenPrefix> prefix;
    std::shared_ptr<const agent::ToolSet> tools;
    int max_tool_rounds = 5;
    int max_parallel_tools = 16;
    bool allow_thinking = true;
};

/// What an agent's copies share.
class AgentState {
public:
    std::string name;
    std::shared_ptr<const AgentTraits> traits;
    std::shared_ptr<EngineCore> core;
};

}  // namespace cortex
