#include "google_state.hpp"

#include "crypto.hpp"

#include <algorithm>
#include <chrono>

namespace emulator {

GoogleState::GoogleState(std::vector<std::string> given_tokens)
    : client_secret("GOCSPX-" + base64url(random_bytes(18))),
      url_bearer(hex(random_bytes(16))),
      given_(std::move(given_tokens)) {
    rotate(user_refresh_token_);
    rotate(workforce_refresh_token_);
}

std::int64_t GoogleState::now() const {
    const auto real = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return real.count() + switches.clock_offset_seconds;
}

std::string GoogleState::issue(TokenHolder holder, std::string_view account, std::string_view scope,
                               std::int64_t lifetime) {
    std::string token = "ya29." + base64url(random_bytes(30));
    const std::int64_t life = lifetime > 0 ? lifetime : switches.lifetime_seconds;
    tokens_[token] = IssuedToken{holder, std::string(account), std::string(scope), now() + life};
    return token;
}

const IssuedToken* GoogleState::find(std::string_view token) const {
    static const IssuedToken from_the_command_line{TokenHolder::given, "given", std::string(cloud_scope), 0};
    if (std::find(given_.begin(), given_.end(), token) != given_.end()) {
        return &from_the_command_line;
    }
    const auto found = tokens_.find(token);
    return found == tokens_.end() || found->second.expires_at <= now() ? nullptr : &found->second;
}

void GoogleState::rotate(std::string& which) { which = "1//" + base64url(random_bytes(30)); }

std::pair<std::string, std::int64_t> GoogleState::metadata_token() {
    const std::int64_t spare = switches.lifetime_seconds / 12;
    if (find(metadata_token_) == nullptr || metadata_expires_ - now() <= spare) {
        metadata_token_ = issue(TokenHolder::metadata, metadata_account, cloud_scope);
        metadata_expires_ = now() + switches.lifetime_seconds;
    }
    return {metadata_token_, metadata_expires_ - now()};
}

void GoogleState::reset() {
    switches = GoogleSwitches();
    tokens_.clear();
    refresh_revoked_ = false;
    metadata_token_.clear();
}

std::string workload_audience(std::string_view provider) {
    return "//iam.googleapis.com/projects/" + std::string(GoogleState::project_number) +
           "/locations/global/workloadIdentityPools/emulator/providers/" + std::string(provider);
}

std::string workforce_audience() {
    return "//iam.googleapis.com/locations/global/workforcePools/emulator/providers/oidc";
}

}  // namespace emulator
