#pragma once

#include "core/catalog.hpp"
#include "core/clock.hpp"
#include "engine/credential_desk.hpp"
#include "engine/provider_entry.hpp"
#include "engine/session_data.hpp"
#include "engine/shard.hpp"
#include "engine/tool_runner.hpp"
#include "engine/turn_driver.hpp"
#include "engine/worker_pool.hpp"

#include <cortex/config.hpp>
#include <cortex/engine.hpp>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

/// What an engine is made of, shared by everything that came from it. Always destroyed on a thread of its user.
class EngineCore : public std::enable_shared_from_this<EngineCore> {
public:
    /// `world` holds the environment as it was when the engine was made.
    static Result<std::shared_ptr<EngineCore>> create(EngineConfig config, std::shared_ptr<const World> world);
    ~EngineCore();

    const Catalog& catalog() const noexcept { return *catalog_; }
    const Clock& clock() const noexcept { return *world_->clock; }
    const std::vector<std::shared_ptr<const ProviderEntry>>& providers() const noexcept { return providers_; }

    std::shared_ptr<SessionData> make_session(std::shared_ptr<const AgentTraits> agent, SessionConfig config);

    /// What a turn will be, from facts that the caller may read: the session must be marked busy, or known to be idle.
    /// `announce` spends the notices that are told once an engine.
    Result<agent::TurnSpec> plan_turn(const SessionData& session, std::string_view message, const TurnOptions& options, bool streaming, bool announce);

    /// Starts a planned turn on the session's shard.
    Result<std::shared_ptr<RunState>> start_turn(const std::shared_ptr<SessionData>& session, std::string_view message, const TurnOptions& options,
                                                 bool streaming);
    Result<RequestPreview> preview(const SessionData& session, std::string_view message, const TurnOptions& options, bool streaming);
    std::vector<ProviderStatus> statuses() const;
    CostReport costs() const;
    /// An ended session's own account in the ledger is not needed any more.
    void forget_session(const std::string& session_id) { ledger_->forget_session(session_id); }
    std::vector<ProviderStatus> verify(const std::vector<std::pair<std::string, Secret>>& keys);

private:
    struct Role {
        std::shared_ptr<const ProviderEntry> provider;
        agent::ModelChoicePtr choice;
        std::vector<std::string> notices = {};   ///< Of the channel, about this model.
    };

    EngineCore(EngineConfig config, std::shared_ptr<const World> world);
    Result<void> set_up();
    Result<Role> make_role(const routing::RoleModels::Choice& choice) const;
    Result<void> set_up_fallbacks(const std::vector<routing::ProviderTraits>& traits, const routing::RoleModels& roles);
    Result<Shard*> shard(std::size_t index);
    /// Sentences that are told once: the first turn that asks gets them.
    std::vector<std::string> spend_notices(const Role& role);
    const ProviderEntry& entry_of(const agent::ModelChoice& choice) const;

    EngineConfig config_;
    std::shared_ptr<const World> world_;
    std::shared_ptr<Logger> logger_;
    std::shared_ptr<const Catalog> catalog_;
    std::vector<std::shared_ptr<const ProviderEntry>> providers_;
    Role orchestrator_;
    Role worker_;
    std::vector<agent::ModelChoicePtr> fallbacks_;
    std::shared_ptr<routing::Health> health_ = std::make_shared<routing::Health>();
    std::shared_ptr<routing::AttemptBudget> hedges_;   ///< Null where no second model is asked.
    /// A fifth of all calls may be repeated in the long run, and the first hundred (as AWS's SDKs: 500 tokens, 5 for a repeat).
    std::shared_ptr<routing::AttemptBudget> repeats_ = std::make_shared<routing::AttemptBudget>(0.2, 100, 100);
    std::shared_ptr<routing::Ledger> ledger_;
    std::vector<std::string> start_notices_;    ///< From construction: a default that changed, two credentials at once.

    std::mutex mutex_;                          ///< Guards what follows.
    SystemRng rng_;
    std::size_t next_shard_ = 0;
    std::set<std::string> notices_told_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::shared_ptr<CredentialDesk> desk_;      ///< Outlives the workers, which work for it.
    WorkerPool workers_;                        ///< For credentials.
    std::shared_ptr<ToolRunner> tools_;
};

}  // namespace cortex
