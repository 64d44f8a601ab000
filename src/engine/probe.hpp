#pragma once

#include "core/credential.hpp"
#include "engine/provider_entry.hpp"
#include "engine/shard.hpp"

#include <cortex/config.hpp>
#include <cortex/engine.hpp>

namespace cortex {

/// Asks the provider for its models list, which costs nothing, and fills in status and detail. Blocks the calling thread, which
/// must not be a shard's. `key` stands in for a key that the run would be asked for.
void probe(Shard& shard, const World& world, const ProviderEntry& provider, Secret key, const EngineConfig& config, ProviderStatus& status);

}  // namespace cortex
