#pragma once

#include "core/credential.hpp"

#include <memory>
#include <optional>
#include <string>

namespace cortex::auth::google {

/// What the user's configuration says; all else comes from environment and files.
struct AdcOptions {
    std::string provider = {};          ///< Registered name, for errors.
    Secret access_token = {};           ///< `api_key`: a token that the user brings; beats everything.
    std::string scope = "https://www.googleapis.com/auth/cloud-platform";
    std::string universe_domain = "googleapis.com";   ///< A credential of another universe is refused.
    bool self_signed_jwt = false;       ///< service_account: sign the bearer token itself, without a token call.
    std::string service_host = "aiplatform.googleapis.com";   ///< Audience of a self-signed token.
};

/// Google's Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud's well-known file, the metadata server.
/// `fetch` asks anew each time (and re-reads every file); wrap it in a CachedSource. Credentials are of `Kind::bearer`, with
/// `expires_at`, `quota_project`, `project` and `universe_domain`.
class Adc final : public CredentialSource {
public:
    explicit Adc(AdcOptions options);
    ~Adc() override;

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

/// A project and where it was found.
struct FoundProject {
    std::string value = {};
    std::string source = {};
};

/// The project, without network: `configured`, ANTHROPIC_VERTEX_PROJECT_ID, GOOGLE_CLOUD_PROJECT, GCLOUD_PROJECT, then
/// `project_id` of the credential file that ADC would use (and its `quota_project_id` for gcloud's user credentials is not one).
std::optional<FoundProject> choose_project(const World& world, const std::string& configured);

}  // namespace cortex::auth::google
