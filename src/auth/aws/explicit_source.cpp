#include "auth/aws/explicit_source.hpp"

#include "auth/aws/key_document.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace cortex::auth::aws {
namespace {

ErrorInfo config_error(const ChainOptions& options, std::string_view why) {
    return {.code = ErrorCode::config, .message = fmt::format("providers.{}: {}", options.provider, why)};
}

/// The secret's text; what it calls may fail.
Result<std::string> text_of_secret(const Secret& secret, std::string_view field) {
    const auto wrong = [&](std::string_view why) { return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("{} {}", field, why)}; };
    switch (SecretAccess::kind(secret)) {
        case SecretAccess::Kind::absent: return std::string();
        case SecretAccess::Kind::text: return std::string(SecretAccess::text(secret));
        case SecretAccess::Kind::from_run: return wrong("is asked of each run's consumer, which AWS credentials cannot be. Give it as text or as a function.");
        case SecretAccess::Kind::callable: break;
    }
    try {
        return SecretAccess::call(secret);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) {
        return wrong(fmt::format("is a function that failed: {}", failure.what()));
    } catch (...) {
        return wrong("is a function that failed. Look into it.");
    }
}

Result<Credential> bearer(std::string key, std::string source) {
    const bool fit = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (key.empty() || !fit) {
        wipe(key);
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("The Bedrock API key from {} {}. Copy the key alone, without quotes, spaces or line breaks.", source,
                                                fit ? "is empty" : "holds a character that no key has")};
    }
    Credential out;
    out.kind = Credential::Kind::bearer;
    out.secret = Secret(std::move(key));
    out.source = std::move(source);
    return out;
}

}  // namespace

Result<ExplicitKind> explicit_kind(const ChainOptions& options) {
    const bool id = !options.access_key_id.empty();
    const bool secret = !options.secret_access_key.absent();
    const bool key = !options.bearer.absent();
    if (options.method == AuthMethod::bearer) return key ? ExplicitKind::bearer : ExplicitKind::none;
    if (id != secret)
        return config_error(options, id ? "aws_access_key_id is set, but aws_secret_access_key is not. Set both, or neither."
                                        : "aws_secret_access_key is set, but aws_access_key_id is not. Set both, or neither.");
    if (!id && !options.session_token.absent())
        return config_error(options, "aws_session_token is set, but the keys that it belongs to are not. Set all three, or none.");
    if (options.method == AuthMethod::automatic && key) {
        if (id || !options.profile.empty())
            return config_error(options, fmt::format("both api_key and {} are set. Remove one of them.", id ? "aws_access_key_id" : "aws_profile"));
        return ExplicitKind::bearer;
    }
    return id ? ExplicitKind::keys : ExplicitKind::none;
}

Result<Credential> explicit_credential(const ChainOptions& options, ExplicitKind kind) {
    if (kind == ExplicitKind::bearer) {
        Result<std::string> key = text_of_secret(options.bearer, "api_key");
        if (!key) return std::move(key).error();
        return bearer(std::move(key).value(), "api_key");
    }
    Result<std::string> secret = text_of_secret(options.secret_access_key, "aws_secret_access_key");
    if (!secret) return std::move(secret).error();
    Result<std::string> token = text_of_secret(options.session_token, "aws_session_token");
    if (!token) return std::move(token).error();
    if (secret->empty()) return ErrorInfo{.code = ErrorCode::auth, .message = "aws_secret_access_key gave nothing. Return the secret as text."};
    return to_credential({.access_key_id = options.access_key_id, .secret_access_key = std::move(secret).value(), .session_token = std::move(token).value()},
                         "aws_access_key_id");
}

Result<std::optional<Credential>> bearer_from_environment(const World& world) {
    auto key = env_value(world, bearer_variable);
    if (!key || trim(*key).empty()) return std::optional<Credential>();
    Result<Credential> credential = bearer(std::move(*key), fmt::format("environment variable {}", bearer_variable));
    if (!credential) return std::move(credential).error();
    return std::optional(std::move(credential).value());
}

}  // namespace cortex::auth::aws
