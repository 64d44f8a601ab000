#include "auth/aws/sources.hpp"
#include "auth/aws/sts.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view token_file = "AWS_WEB_IDENTITY_TOKEN_FILE";
constexpr std::string_view source_name = "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)";

}  // namespace

Result<Look> look_web_identity(const World& world) {
    if (!env_value(world, token_file)) return Look{.text = fmt::format("{} is not set", token_file)};
    if (!env_value(world, "AWS_ROLE_ARN"))
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("Environment variable {} is set, but AWS_ROLE_ARN is not. Set both, or neither.", token_file)};
    return Look{.there = true, .source = std::string(source_name), .text = "asked when needed"};
}

Result<Sought> web_identity_keys(Asking& asking) {
    Result<Look> look = look_web_identity(asking.world);
    if (!look) return std::move(look).error();
    if (!look->there) return Sought{.absent = std::move(look->text)};
    const WebIdentity identity{.token_file = *env_value(asking.world, token_file),
                               .role_arn = *env_value(asking.world, "AWS_ROLE_ARN"),
                               .session_name = env_value(asking.world, "AWS_ROLE_SESSION_NAME").value_or(std::string()),
                               .region = {},
                               .named_by = fmt::format("environment variable {}", token_file)};
    Result<Credential> credential = assume_role_with_web_identity(asking, identity, std::string(source_name));
    if (!credential) return std::move(credential).error();
    return Sought{.found = std::move(credential).value()};
}

}  // namespace cortex::auth::aws
