#pragma once

#include "core/catalog.hpp"
#include "core/credential.hpp"
#include "engine/provider_entry.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex {

/// The providers that an engine registers, in order, and sentences for the user about how they were found.
struct Registry {
    std::vector<std::shared_ptr<const ProviderEntry>> providers;
    std::vector<std::string> notices;
};

/// Builds every provider that `config` names, or, if it names none, every one whose credential is in the environment. The only
/// place that names concrete channels. Fails with a ConfigError that names the field.
Result<Registry> register_providers(const EngineConfig& config, const World& world, const Catalog& catalog);

}  // namespace cortex
