#pragma once

#include "core/credential.hpp"

#include <cortex/secret.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth {

/// A variable that may hold a key, and how that key is sent.
struct KeyVariable {
    std::string name;
    Credential::Kind kind = Credential::Kind::api_key;
};

/// Where one provider's key is looked for, in this order.
struct KeyPlan {
    std::string provider = {};                ///< Registered name, for errors.
    Secret configured = {};                   ///< The config's `api_key`.
    Credential::Kind configured_kind = Credential::Kind::api_key;
    std::vector<KeyVariable> variables = {};
    bool required = true;                     ///< False: the provider is used without a key where there is none.
};

/// ANTHROPIC_API_KEY, sent as `x-api-key`, then ANTHROPIC_AUTH_TOKEN, sent as a bearer token; never with the clouds
/// that serve Claude.
KeyPlan anthropic_keys(std::string provider, Secret configured);
/// OPENAI_API_KEY.
KeyPlan openai_keys(std::string provider, Secret configured);
/// AZURE_OPENAI_AD_TOKEN, a token of Microsoft Entra ID sent as a bearer token, then AZURE_OPENAI_API_KEY.
KeyPlan azure_keys(std::string provider, Secret configured);
/// GOOGLE_API_KEY, then GEMINI_API_KEY, the order of Google's own SDKs. Keys have no one shape: none is checked.
KeyPlan gemini_keys(std::string provider, Secret configured);
/// A local or other OpenAI-compatible server: only the key that the config names, sent as a bearer token, or none. No
/// variable is read, so that no other vendor's key reaches a server that happens to speak the same protocol.
KeyPlan server_keys(std::string provider, Secret configured);

/// Looks for a provider's key in the config, then in the environment, anew each time it is asked.
class ApiKeySource final : public CredentialSource {
public:
    explicit ApiKeySource(KeyPlan plan) : plan_(std::move(plan)) {}

    /// The first key there is. Nothing where there is none and one is required. Fails with a ConfigError for a key that
    /// no header can carry (naming its place, never the key), and with an auth error where a callable threw or gave
    /// nothing.
    Result<std::optional<Credential>> fetch(World& world) override;

    CredentialReport report(const World& world) const;

    /// The key comes from a callable of the user, which may block.
    bool blocks() const noexcept;
    /// The key is asked of the run's consumer; `fetch` cannot answer then.
    bool from_run() const noexcept;
    /// A key that a callable or a run's consumer gave, checked as `fetch` does.
    Result<Credential> accept(std::string key, std::string source) const;

    /// The error for a key that is nowhere: what was looked for, and the remedy.
    ErrorInfo missing() const;

private:
    std::string field() const;

    KeyPlan plan_;
};

}  // namespace cortex::auth
