#pragma once

#include "core/credential.hpp"
#include "engine/provider_entry.hpp"
#include "engine/worker_pool.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cortex {

/// Asks credential sources that block, on the workers. A source whose credential serves all calls alike is asked once for all who
/// wait for it; one whose answer belongs to a single call (a user's function) is asked once each. Thread-safe.
class CredentialDesk {
public:
    using Answer = std::function<void(Result<Credential>)>;

    /// `world` and `workers` outlive the desk and all that it has begun.
    CredentialDesk(WorkerPool& workers, const World& world) : workers_(workers), world_(world) {}

    /// `answer` is called on a worker, exactly once unless the engine ends first; it must not throw or block. `refused`: the
    /// service took this credential no more, so memory of it must not answer. `deadline`: of an answer that is not shared.
    void ask(std::shared_ptr<const ProviderEntry> entry, const std::optional<Credential>& refused, Deadline deadline, Answer answer);
    /// Has a credential that ends soon renewed; nobody waits.
    void renew(std::shared_ptr<const ProviderEntry> entry);

private:
    void fly(const std::shared_ptr<const ProviderEntry>& entry);

    WorkerPool& workers_;
    const World& world_;
    std::mutex mutex_;
    /// Those who wait for a source that is being asked.
    std::unordered_map<const ProviderEntry*, std::vector<Answer>> waiting_;
};

}  // namespace cortex
