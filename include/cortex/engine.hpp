#pragma once

#include <cortex/agent.hpp>
#include <cortex/config.hpp>
#include <cortex/costs.hpp>
#include <cortex/export.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex {

class EngineCore;

enum class CredentialStatus {
    missing,    ///< None was found, or the embedded model was not fetched.
    present,    ///< Found, not tried.
    verified,   ///< Tried by `verify`, and accepted.
    rejected,   ///< Tried by `verify`, and refused.
};
CORTEX_API std::string_view to_string(CredentialStatus status) noexcept;

struct ProviderStatus {
    std::string name = {};               ///< As registered.
    std::string auth_mode = {};          ///< "api_key", "bearer_token", "aws_iam", "google_adc", "none" or "embedded".
    std::string credential_source = {};  ///< "api_key", "environment variable ANTHROPIC_API_KEY", "profile dev (static keys)", ...; never the secret.
    std::string base_url = {};
    std::string default_model = {};
    CredentialStatus status = CredentialStatus::missing;
    std::string detail = {};             ///< Why it is missing or was rejected, and the remedy.
    std::vector<std::string> considered = {};  ///< Each source that was asked, in order, and why it was passed over or taken.
    std::optional<std::chrono::system_clock::time_point> expires_at = {};   ///< Of the credential, where that is known by now.
    std::string health = "healthy";      ///< As its last calls showed: "healthy", "failing" (passed over while another can answer) or "rate_limited".
};

/// One row of the model catalogue.
struct ModelSummary {
    std::string id = {};
    std::string provider = {};
    std::string display_name = {};
    std::string status = {};             ///< "active", "limited", "deprecated" or "retired".
    std::string standing = {};           ///< "frontier", "balanced", "fast" or "".
    std::int64_t context_window = 0;     ///< Tokens; 0: unknown.
    std::int64_t max_output_tokens = 0;
    std::optional<double> input_usd_per_mtok = {};
    std::optional<double> output_usd_per_mtok = {};
    std::string retires_at = {};         ///< ISO date, or "".
    std::string successor = {};
    std::vector<std::string> aliases = {};
};

/// The composition root: providers, models and threads. Construction makes no request and starts no thread; the first turn does.
/// Threads: may be shared.
class CORTEX_API Engine {
public:
    /// Throws ConfigError for anything that is wrong in `config`; keys are not tried here.
    explicit Engine(EngineConfig config = {});
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    Agent create_agent(AgentConfig config) const;
    /// Every registered provider, in order. Makes no request.
    std::vector<ProviderStatus> providers() const;
    /// The same after one free request to each (a models list). Blocks. `keys` stand in for `Secret::from_run()`.
    std::vector<ProviderStatus> verify(std::vector<std::pair<std::string, Secret>> keys = {});
    /// The model catalogue as this engine sees it.
    std::vector<ModelSummary> models() const;
    /// What all turns of this engine used until now, by provider, model and user.
    CostReport costs() const;

private:
    std::shared_ptr<EngineCore> core_;
};

/// The catalogue without an engine: built-in rows and those of `models_path` (else CORTEX_MODELS_PATH). Throws ConfigError.
CORTEX_API std::vector<ModelSummary> models(const std::string& models_path = {});

/// Version of the linked library.
CORTEX_API const char* version() noexcept;

}  // namespace cortex
