#pragma once
// What the AWS half knows: its clock, its region, the keys it believes, and how its credential services are to behave.

#include "moved_clock.hpp"
#include "jwt.hpp"
#include "http.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

struct AwsOptions {
    std::vector<std::string> keys;  ///< ID:SECRET[:TOKEN], believed beside the published pair
    std::string region = "us-east-1";
};

inline constexpr std::string_view aws_account = "123456789012";

struct AwsKey {
    std::string id;
    std::string secret;
    std::string token;  ///< empty: a long-lived pair, sent without one
    std::string arn;    ///< whose it is
    std::int64_t expires = 0;  ///< 0: never
    bool revoked = false;
};

/// The instance metadata service.
struct AwsInstance {
    std::string role = "emulator-role";  ///< empty: the instance has none
    std::string code = "Success";        ///< of the credentials document
    bool disabled = false;               ///< 403 on the token, as an instance that has it switched off
    bool stale = false;                  ///< keys that still work are shown as expired
    std::map<std::string, std::int64_t, std::less<>> tokens;  ///< session token -> end
};

/// Tokens of IAM Identity Center, and of its OIDC service.
struct AwsSso {
    std::map<std::string, std::int64_t, std::less<>> access_tokens;  ///< -> end; 0: never
    std::set<std::string, std::less<>> refresh_tokens;
    std::string client_id = "emulator-sso-client";
    std::string client_secret = "emulator-sso-client-secret";
};

/// The console's sign-in service.
struct AwsLogin {
    std::set<std::string, std::less<>> refresh_tokens;
    std::set<std::string, std::less<>> proofs;  ///< `jti` of the DPoP proofs so far: each serves once
    std::string bound_key;                      ///< the JWK that the first proof showed
};

class AwsState {
public:
    explicit AwsState(const AwsOptions& options);

    /// As at the start, the made key pairs excepted.
    void reset();

    [[nodiscard]] std::int64_t now() const { return clock.now(); }
    [[nodiscard]] const AwsKey* find(std::string_view id) const;
    void add(AwsKey key);

    /// New temporary keys for an ARN; a scripted lifetime wins over the usual one.
    [[nodiscard]] AwsKey issue(const std::string& arn, std::int64_t lifetime);
    [[nodiscard]] std::int64_t lifetime_or(std::int64_t usual) const { return lifetime.value_or(usual); }

    /// An access key id, a bearer key or any token; "issued": every key that was issued so far.
    void revoke(const std::string& what);
    [[nodiscard]] bool revoked(std::string_view text) const { return revoked_.contains(text); }

    [[nodiscard]] const RsaKey& identity_key() const noexcept { return identity_key_; }  ///< of the identity provider
    [[nodiscard]] const RsaKey& stranger_key() const noexcept {
        return stranger_key_;
    }  ///< of nobody the service knows
    [[nodiscard]] const std::string& login_key();  ///< PEM, of the sign-in session that is handed out

    [[nodiscard]] static std::string identity_issuer() { return "https://identity.emulator.test"; }

    MovedClock clock;
    std::string region;  ///< empty: any
    std::string messages_service;  ///< which service the Messages route is: its signing name
    std::optional<std::int64_t> lifetime;
    bool rotate_refresh_tokens = true;
    std::optional<std::string> container_token;  ///< wanted in Authorization
    AwsInstance instance;
    AwsSso sso;
    AwsLogin login;
    std::map<std::string, std::string, std::less<>> external_ids;  ///< role ARN -> the id it wants
    std::map<std::string, std::string, std::less<>> application_profiles;  ///< opaque id -> base model id

private:
    AwsOptions options_;
    std::map<std::string, AwsKey, std::less<>> keys_;
    std::set<std::string, std::less<>> revoked_;
    RsaKey identity_key_;
    RsaKey stranger_key_;
    std::string login_key_;
};

struct AwsCaller {
    std::string arn;
    std::string region;
};

/// The caller of a signed request for this service. Throws Rejection with the codes of the JSON services.
[[nodiscard]] AwsCaller authenticate(const AwsState& state, const HttpRequest& request, std::string_view service);

/// Random letters and digits, as ids have them.
[[nodiscard]] std::string random_letters(std::size_t count);
[[nodiscard]] std::string random_uuid();

}  // namespace emulator
