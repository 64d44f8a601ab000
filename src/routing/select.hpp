#pragma once

#include "core/catalog.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::routing {

/// What choosing needs to know of a registered provider.
struct ProviderTraits {
    std::string name = {};           ///< As registered.
    std::string vendor = {};         ///< "anthropic", or "local" for an OpenAI-compatible server and the embedded model.
    bool embedded = false;           ///< The embedded model: serves its own ids only.
    std::string default_model = {};  ///< Configured; may be empty.
    bool deployments = false;        ///< Azure: models have names of the user's own, so it may serve any.
};

/// Index of the provider that serves `model`: the one whose default it is; else the vendor of the catalogue's row, or of the
/// id's prefix, if registered; else the first OpenAI-compatible server, which may serve any name, else the first with deployments.
/// Fails with a ConfigError that names the model and the registered providers.
Result<std::size_t> provider_for(std::string_view model, const std::vector<ProviderTraits>& providers, const Catalog& catalog);

/// The models of the two roles, with where each came from.
struct RoleModels {
    struct Choice {
        std::string model;
        std::size_t provider = 0;
        std::string reason;
        bool by_default = false;      ///< Nobody wrote it: the catalogue chose.
    };
    Choice orchestrator;
    Choice worker;
};

/// A role without a model takes the other role's, then the first provider's default_model, then that provider's own default:
/// the catalogue's balanced model as of `now`. Fails with a ConfigError naming what is missing.
Result<RoleModels> choose_roles(std::string_view orchestrator, std::string_view worker, const std::vector<ProviderTraits>& providers,
                                const Catalog& catalog, WallTime now);

/// Who answers when the model of a role fails, in this order: each of `wanted` at the provider that serves it; where nothing is
/// wanted, every provider with its default model, as in `choose_roles`, but the embedded model and servers without a default.
/// Fails with a ConfigError for a model that nobody serves.
Result<std::vector<RoleModels::Choice>> choose_fallbacks(const std::vector<std::string>& wanted, const std::vector<ProviderTraits>& providers,
                                                         const Catalog& catalog, WallTime now);

}  // namespace cortex::routing
