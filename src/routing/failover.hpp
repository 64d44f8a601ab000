#pragma once

#include "core/model_info.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::routing {

struct FailoverOptions {
    bool failover = true;         ///< `EngineConfig::failover`
    bool on_auth_error = false;   ///< `EngineConfig::failover_on_auth_error`
};

/// What had happened when a call failed, all its repeats behind it.
struct FailedCall {
    bool content_delivered = false;   ///< Text reached the user: another model would begin anew behind it.
    bool effects_begun = false;       ///< A tool that this very answer called was started: another answer would start it again.
    bool turn_over = false;           ///< The turn's own timeout passed: nobody has time left.
};

struct FailoverDecision {
    bool allowed = false;
    std::string_view reason = {};     ///< For the log; a literal.
};

/// Whether another model may be asked. Yes: network errors, timeouts of the call, 5xx and 529, rate limits that pass (their wait is above
/// the cap, or the repeats are used up), and whatever else is `retryable`. No, since it would hide what only the user can put
/// right, or fail again elsewhere: a wrong request (400, 413, 422), credentials (unless asked for), 402, a model that the vendor does not know (a name in
/// the user's configuration), a used-up quota, a conversation that is too long, a refusal, a budget, a cancellation.
FailoverDecision may_fail_over(const ErrorInfo& error, const FailedCall& call, const FailoverOptions& options) noexcept;

/// One name of the configuration, and what it stands for.
struct ChainEntry {
    std::string written = {};    ///< As the user wrote it.
    std::string provider = {};   ///< Registered name.
    std::string model = {};      ///< The catalogue's id where it has one, so that an alias and its model are the same.
};

/// Fails with a ConfigError that names the entry where `fallbacks` (`fallback_models`) has a model twice, or one that could never be asked: the
/// only model that the roles have. With two models in the roles each may stand in for the other.
Result<void> check_chain(std::span<const ChainEntry> roles, std::span<const ChainEntry> fallbacks);

/// What the next request cannot do without.
struct Requirements {
    bool tools = false;
    bool vision = false;
    bool pdf = false;
    std::int64_t prompt_tokens = 0;   ///< At least so many.
};

/// Why a model cannot take such a request, in one sentence; nothing where it can. Of a model that nobody knows only what its row says is held
/// against it; a window of 0 is unknown and fits.
std::optional<std::string> fits(const ModelInfo& model, const Requirements& needs);

/// One error for a call that no model answered: it lists what happened to each (provider, model, sentence). Code, status and ids are those
/// of the last attempt where that one ended the chain (it is not retryable), else of the first, the model that was meant. Retryable if one of them
/// is; `retry_after` is the shortest. Needs at least one error; a single one is returned as it is.
ErrorInfo all_failed(std::span<const ErrorInfo> attempts);

}  // namespace cortex::routing
