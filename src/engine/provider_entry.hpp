#pragma once

#include "core/channel.hpp"
#include "core/credential.hpp"
#include "routing/select.hpp"

#include <cortex/engine.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cortex {

/// A registered provider. Immutable; shared by all that uses it.
struct ProviderEntry {
    routing::ProviderTraits traits;
    std::shared_ptr<const Channel> channel;
    std::shared_ptr<CredentialSource> source;
    bool source_blocks = false;      ///< It runs on a worker, not on a shard.
    bool source_shared = false;      ///< What it gives serves every call; else each call asks for itself.
    std::function<CredentialReport(const World&)> report;   ///< What the source knows by now; may be null: `status` tells all.
    bool from_run = false;           ///< The run's consumer is asked instead; `accept` checks what it answers.
    std::function<Result<Credential>(std::string key, std::string source)> accept;
    std::string key_places;          ///< Where a key may be set, for people; empty where none is needed.
    ErrorInfo missing;               ///< The error for a source that has nothing: where it looked, and the remedy.
    ProviderStatus status;           ///< What `Engine::providers` tells.
};

/// `entry.status`, with what its source knows by now. Asks nobody.
ProviderStatus current_status(const ProviderEntry& entry, const World& world);

/// Asks the entry's source on the calling thread.
Result<Credential> fetch_credential(const ProviderEntry& entry, World& world);

}  // namespace cortex
