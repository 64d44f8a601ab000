#pragma once
// What Google would know: accounts, keys, the tokens that it gave out, the time, and how tests want it to behave.

#include "jwt.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

/// PUT /_emulator/google sets them; docs/emulator.md says what each does.
struct GoogleSwitches {
    std::int64_t lifetime_seconds = 3600;
    std::int64_t clock_offset_seconds = 0;
    bool rotate_refresh_tokens = false;
    bool require_quota_project = false;
    bool require_reauthentication = false;
    bool expires_in_as_text = false;
    bool long_lifetimes = false;
    std::string metadata = "account";        ///< account, no_account, captive_portal, hang
    std::string error_shape = "anthropic";   ///< anthropic, google, google_array, google_wrapped
    double retry_info_seconds = 0;           ///< > 0: Google's envelopes carry a RetryInfo
};

enum class TokenHolder { given, metadata, service_account, user, federated, impersonated };

struct IssuedToken {
    TokenHolder holder = TokenHolder::given;
    std::string account;
    std::string scope;  ///< space-joined
    std::int64_t expires_at = 0;
};

class GoogleState {
public:
    static constexpr std::string_view project = "emulator-project";
    static constexpr std::string_view project_number = "123456789012";
    static constexpr std::string_view service_account = "caller@emulator-project.iam.gserviceaccount.com";
    static constexpr std::string_view target_account = "target@emulator-project.iam.gserviceaccount.com";
    static constexpr std::string_view delegate_account = "delegate@emulator-project.iam.gserviceaccount.com";
    static constexpr std::string_view metadata_account = "123456789012-compute@developer.gserviceaccount.com";
    static constexpr std::string_view client_id = "123456789012-emulator.apps.googleusercontent.com";
    static constexpr std::string_view cloud_scope = "https://www.googleapis.com/auth/cloud-platform";
    static constexpr std::string_view key_id = "emulator-key-1";
    static constexpr std::string_view oidc_subject = "repo:example/project:ref:refs/heads/main";

    explicit GoogleState(std::vector<std::string> given_tokens);

    /// Seconds since the epoch by the emulator's clock.
    [[nodiscard]] std::int64_t now() const;

    /// A new access token; `lifetime` 0: as the switch says.
    [[nodiscard]] std::string issue(TokenHolder holder, std::string_view account, std::string_view scope,
                                    std::int64_t lifetime = 0);
    /// Null unless the token was given out, is unrevoked and has not expired.
    [[nodiscard]] const IssuedToken* find(std::string_view token) const;
    void revoke_access_tokens() { tokens_.clear(); }

    /// The refresh tokens that work: the user's and the workforce user's.
    [[nodiscard]] std::string& user_refresh_token() noexcept { return user_refresh_token_; }
    [[nodiscard]] std::string& workforce_refresh_token() noexcept { return workforce_refresh_token_; }
    static void rotate(std::string& which);
    void revoke_refresh_tokens() { refresh_revoked_ = true; }
    [[nodiscard]] bool refresh_revoked() const noexcept { return refresh_revoked_; }

    /// The metadata server's token: the same one until a twelfth of its life is left.
    [[nodiscard]] std::pair<std::string, std::int64_t> metadata_token();

    void reset();

    GoogleSwitches switches;
    const std::string client_secret;
    const std::string url_bearer;  ///< what the `url` source of subject tokens asks for
    const RsaKey service_key;  ///< of the service account
    const RsaKey oidc_key;     ///< of the identity provider that federation trusts
    const RsaKey foreign_key;  ///< of nobody

private:
    std::vector<std::string> given_;
    std::map<std::string, IssuedToken, std::less<>> tokens_;
    std::string user_refresh_token_;
    std::string workforce_refresh_token_;
    bool refresh_revoked_ = false;
    std::string metadata_token_;
    std::int64_t metadata_expires_ = 0;
};

/// The audiences that the federation knows; both end in the provider's id.
[[nodiscard]] std::string workload_audience(std::string_view provider);
[[nodiscard]] std::string workforce_audience();

}  // namespace emulator
