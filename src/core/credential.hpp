#pragma once

#include <cortex/secret.hpp>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cortex {

/// What a request is authorized with.
struct Credential {
    enum class Kind { none, api_key, bearer, aws_keys } kind = Kind::none;
    Secret secret = {};          ///< The key or token; of `aws_keys` the secret access key.
    std::string endpoint = {};   ///< Base URL that came with the credential (an embedded server's); empty: the channel's own.
    std::string source = {};     ///< Where it was found, for people: "environment variable ANTHROPIC_API_KEY".
    std::string access_key_id = {};     ///< Of `aws_keys`.
    Secret session_token = {};          ///< Of `aws_keys`, where they are temporary.
    std::string account_id = {};        ///< Of `aws_keys`, where the source tells it.
    std::string quota_project = {};     ///< Google: the project that is charged (`x-goog-user-project`); empty: the credential's own.
    std::string project = {};           ///< Google: the project that the credential belongs to, where the source tells it.
    std::string universe_domain = {};   ///< Google: empty means googleapis.com.
    std::optional<WallTime> expires_at = {};   ///< Nothing: as long as its source has it.
};

/// Whether both would sign or name the same.
bool same_credential(const Credential& a, const Credential& b);
/// Whether `now` is not worth a request where `refused` was refused: the same again, out of a setting or a file. What a service has
/// issued anew may be good although it reads the same.
bool no_news(const Credential& refused, const Credential& now);

/// What a look for a credential finds, without asking anybody: no network, no program, no callable.
struct CredentialReport {
    bool found = false;  ///< There is one, one that is asked for when needed, or none is needed.
    std::string auth_mode = {};  ///< "api_key", "bearer_token", "aws_iam", "google_adc" or "none".
    std::string source = {};  ///< "api_key", "environment variable ANTHROPIC_API_KEY", ...; never the secret.
    std::vector<std::string> considered = {};  ///< Each place in order, and why it was passed over or taken.
    std::string detail = {};  ///< Why it is missing or cannot be used, and the remedy.
    std::string notice = {};  ///< A sentence for the user where two places hold a credential.
    std::optional<WallTime> expires_at = {};   ///< Where it is known already.
};

/// One place where a credential may be. `fetch` is straight and blocking, and runs on a worker.
struct CredentialSource {
    virtual ~CredentialSource() = default;
    /// A credential, nothing ("not mine, ask the next"), or why the one that is here cannot be used.
    virtual Result<std::optional<Credential>> fetch(World& world) = 0;
    /// What is known already and still good, without blocking; nothing: `fetch` must be asked. From any thread.
    struct AtHand {
        std::optional<Credential> credential = {};
        bool refresh = false;   ///< It ends soon: somebody should `fetch`, nobody needs to wait for it.
    };
    virtual AtHand at_hand(WallTime) { return {}; }
    /// The service said that this credential is no good any more: a later `fetch` must not answer from memory. From any thread.
    virtual void refused(const Credential&) {}
    /// The engine ends: a `fetch` under way on another thread returns soon. For sources that start something slow.
    virtual void stop() noexcept {}
};

}  // namespace cortex
