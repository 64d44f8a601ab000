#pragma once

#include "auth/aws/clock_offset.hpp"
#include "core/credential.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex::auth::aws {

/// How requests to AWS are authorized.
enum class AuthMethod {
    automatic,   ///< Explicit settings, then AWS_BEARER_TOKEN_BEDROCK, then the chain.
    bearer,      ///< A Bedrock API key only.
    sigv4,       ///< The chain only, whatever bearer key the environment holds.
};

/// What the user's configuration says; all else comes from environment and files.
struct ChainOptions {
    std::string provider = {};           ///< Registered name, for errors.
    AuthMethod method = AuthMethod::automatic;
    Secret bearer = {};                  ///< `api_key`: a Bedrock API key.
    std::string access_key_id = {};      ///< Explicit keys: beat everything ambient.
    Secret secret_access_key = {};
    Secret session_token = {};
    std::string profile = {};            ///< Explicit profile: beats AWS_PROFILE, and the environment's keys.
    std::string region = {};             ///< The resolved region: for STS and the like where a profile names none.
    std::shared_ptr<ClockOffset> clock = {};
};

/// AWS's default credential chain. Order: explicit settings, bearer key, environment, the profile (static, assumed role, SSO,
/// login, process, web identity), web identity of the environment, container, instance metadata. A source that has nothing is
/// passed over; one that is set up but fails ends the chain with an error that names it (smithy-rs's order and rules).
/// `fetch` asks anew each time; wrap it in a CachedSource. Credentials are of `Kind::aws_keys`, or `bearer`.
class Chain final : public CredentialSource {
public:
    explicit Chain(ChainOptions options);
    ~Chain() override;

    Result<std::optional<Credential>> fetch(World& world) override;
    void stop() noexcept override;

    /// What `fetch` would try, in order, without network or program; after a `fetch`, what came of each source.
    CredentialReport report(const World& world) const;
    /// The error where no source has anything: what was looked for, and the remedy.
    ErrorInfo missing() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cortex::auth::aws
