#pragma once

#include "auth/aws/chain.hpp"
#include "core/world.hpp"

#include <optional>
#include <string_view>

namespace cortex::auth::aws {

// What needs no search: the configuration's own credentials, and the Bedrock API key of the environment.

constexpr std::string_view bearer_variable = "AWS_BEARER_TOKEN_BEDROCK";

/// Which kind of credential the settings name.
enum class ExplicitKind { none, bearer, keys };
/// Fails (`config`) where they contradict each other or are incomplete, naming the fields.
Result<ExplicitKind> explicit_kind(const ChainOptions& options);

/// The configuration's API key, or its keys. A callable is called. `kind` is not `none`.
Result<Credential> explicit_credential(const ChainOptions& options, ExplicitKind kind);

/// The environment's Bedrock API key; nothing where the variable is unset.
Result<std::optional<Credential>> bearer_from_environment(const World& world);

}  // namespace cortex::auth::aws
