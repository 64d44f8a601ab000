#pragma once

#include "agent/structured_answer.hpp"
#include "agent/tool_set.hpp"
#include "brain/need.hpp"
#include "brain/roles.hpp"
#include "core/catalog.hpp"
#include "core/channel.hpp"
#include "core/deadline.hpp"
#include "core/model_call.hpp"
#include "routing/attempt_budget.hpp"
#include "routing/failover.hpp"
#include "routing/health.hpp"
#include "routing/ledger.hpp"
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
    std::vector<ModelChoicePtr> fallbacks = {};   ///< Who answers where the purpose's own model fails, in this order.
    bool other_providers_only = false;            ///< Nobody chose `fallbacks`: a provider that failed is not asked for another model.
    routing::FailoverOptions failover = {};
    bool continue_in_midstream = false;           ///< After a break in mid-answer the next model goes on where the text ended.
    std::shared_ptr<routing::AttemptBudget> hedges = {};   ///< Shared by all turns of an engine; null: no second model is asked while the first is slow.
    std::chrono::milliseconds hedge_after{0};     ///< With `hedges`: how long a call may say nothing.
    std::shared_ptr<routing::Health> health = {};     ///< Shared by all turns of an engine; null: nothing is known of anybody.
    std::shared_ptr<routing::Ledger> ledger = {};     ///< The same; null: only `max_cost` holds.
    routing::Spender spender = {};
    std::shared_ptr<const Catalog> catalog = {};      ///< For the price of a model that served in another's place; may be null.
    std::shared_ptr<const StructuredAnswer> answer = {};   ///< What the answer must be; null: text.
    brain::Assessment assessment = {};
    Need need = {};
    std::optional<std::int64_t> max_cost = {};   ///< Nano-dollars for the whole turn.
    bool ask_budget = false;                     ///< Somebody may raise a limit that stops the turn: he is asked by `AskBudget`.
    bool streaming = false;
    int max_tool_rounds = 5;
    int max_parallel_tools = 16;
    std::string session_id = {};
    std::string user_id = {};
    routing::RetryPolicy retry = {};
    std::shared_ptr<routing::AttemptBudget> repeats = {};   ///< Shared by all turns of an engine; null: only `retry` bounds them.
    HttpDeadlines http = {};
    Deadline deadline = {};
    std::vector<std::string> notices = {};
    std::vector<std::string> degraded = {};
};

}  // namespace cortex::agent
