#include "auth/aws/key_document.hpp"
#include "auth/aws/sources.hpp"
#include "core/date_time.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

/// White space alone counts as unset, as in smithy-rs (aws-config, environment/credentials.rs).
std::optional<std::string> variable(const World& world, std::string_view name) {
    auto value = env_value(world, name);
    if (value && trim(*value).empty()) value.reset();
    return value;
}

ErrorInfo partial(std::string_view there, std::string_view absent) {
    return {.code = ErrorCode::auth, .message = fmt::format("Environment variable {} is set, but {} is not. Set both, or neither.", there, absent)};
}

}  // namespace

Result<Sought> environment_keys(const World& world) {
    auto id = variable(world, "AWS_ACCESS_KEY_ID");
    auto secret = variable(world, "AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) return Sought{.absent = "AWS_ACCESS_KEY_ID is not set"};
    if (!id) {
        wipe(*secret);
        return partial("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID");
    }
    if (!secret) return partial("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    RawKeys keys{.access_key_id = std::move(*id),
                 .secret_access_key = std::move(*secret),
                 .session_token = variable(world, "AWS_SESSION_TOKEN").value_or(std::string()),
                 .account_id = variable(world, "AWS_ACCOUNT_ID").value_or(std::string())};
    if (const auto ends = variable(world, "AWS_CREDENTIAL_EXPIRATION")) {
        keys.expires_at = parse_iso8601(trim(*ends));
        if (!keys.expires_at)
            return ErrorInfo{.code = ErrorCode::auth,
                             .message = "Environment variable AWS_CREDENTIAL_EXPIRATION is not a time. Write it as 2026-01-31T12:00:00Z, or remove it."};
    }
    Result<Credential> credential = to_credential(std::move(keys), "environment variable AWS_ACCESS_KEY_ID");
    if (!credential) return std::move(credential).error();
    return Sought{.found = std::move(credential).value()};
}

}  // namespace cortex::auth::aws
