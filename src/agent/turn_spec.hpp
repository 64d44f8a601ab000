#pragma once

#include "agent/tool_set.hpp"
#include "brain/need.hpp"
#include "brain/roles.hpp"
#include "core/channel.hpp"
#include "core/deadline.hpp"
#include "core/model_call.hpp"
#include "routing/retry.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cortex::agent {

/// A model, and where it is reached.
struct ModelChoice {
    std::shared_ptr<const Channel> channel;
    std::shared_ptr<const ModelInfo> model;
    std::string wire_model = {};
    std::string provider = {};           ///< Registered name.
    std::string key_places = {};         ///< Variables that may hold the provider's key; for errors.
    std::string reason = {};             ///< Why this model has its role.
    std::string suggested_model = {};    ///< What to name where the vendor does not know the model; may be empty.

    bool same_model(const ModelChoice& other) const noexcept { return provider == other.provider && wire_model == other.wire_model; }
};
using ModelChoicePtr = std::shared_ptr<const ModelChoice>;

/// All that one turn is made of, decided before it begins.
struct TurnSpec {
    MessagePtr user_message;
    std::shared_ptr<const FrozenPrefix> prefix;
    std::shared_ptr<const ToolSet> tools;
    ModelChoicePtr orchestrator;
    ModelChoicePtr worker;
    brain::Assessment assessment = {};
    Need need = {};
    std::optional<std::int64_t> max_cost = {};   ///< Nano-dollars for the whole turn.
    bool streaming = false;
    int max_tool_rounds = 5;
    int max_parallel_tools = 16;
    std::string session_id = {};
    std::string user_id = {};
    routing::RetryPolicy retry = {};
    HttpDeadlines http = {};
    Deadline deadline = {};
    std::vector<std::string> notices = {};
    std::vector<std::string> degraded = {};
};

}  // namespace cortex::agent
