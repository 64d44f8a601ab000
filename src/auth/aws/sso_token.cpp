#include "auth/aws/sso_token.hpp"

#include "auth/aws/service_call.hpp"
#include "auth/aws/sha1.hpp"
#include "core/date_time.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace cortex::auth::aws {
namespace {

/// smithy-rs aws-config, sso/token.rs.
constexpr std::chrono::minutes renew_before{5};

std::string name_of(const SsoToken& token, std::string_view profile) {
    return token.session.empty() ? fmt::format("the SSO of profile {}", profile) : fmt::format("SSO session {} of profile {}", token.session, profile);
}

ErrorInfo log_in(const SsoToken& token, std::string_view profile, std::string_view why) {
    return {.code = ErrorCode::auth, .message = fmt::format("{} {}. {}", name_of(token, profile), why, sso_login_remedy(profile))};
}

ErrorInfo expired(const SsoToken& token, std::string_view profile, WallTime when) {
    return log_in(token, profile, fmt::format("has a token that expired at {}", format_iso8601(when)));
}

bool is_header_value(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

struct Cached {
    JsonObject object = {};
    SsoAccess access = {};
};

Result<Cached> read_cache(const Asking& asking, const SsoToken& token, std::string_view profile, const std::string& path) {
    if (path.empty()) return ErrorInfo{.code = ErrorCode::auth, .message = "The SSO cache cannot be found: HOME is not set. Set it."};
    Result<std::optional<std::string>> text = asking.world.files->read(path);
    if (!text) {
        ErrorInfo error = std::move(text).error();
        error.code = ErrorCode::auth;
        return error;
    }
    if (!*text) return log_in(token, profile, fmt::format("has no token: there is no {}", path));
    JsonParser parser;
    const JsonObject* object = parser.parse_object(**text);
    Cached out;
    if (object != nullptr) out.object = JsonObject(*object, boost::json::storage_ptr());
    wipe(**text);
    if (object == nullptr) return log_in(token, profile, fmt::format("has a broken token: {} is no JSON object", path));
    const auto expires = json_text(out.object, "expiresAt");
    const auto when = expires ? parse_iso8601(*expires) : std::nullopt;
    const std::string_view access = json_text_or_empty(out.object, "accessToken");
    if (!is_header_value(access)) return log_in(token, profile, fmt::format("has a broken token: {} holds no accessToken that can be sent", path));
    if (!when) return log_in(token, profile, fmt::format("has a broken token: expiresAt in {} is no time", path));
    out.access = {.token = Secret(std::string(access)), .expires_at = *when};
    return out;
}

bool can_renew(const Asking& asking, const SsoToken& token, const JsonObject& cache) {
    // The older form has no client of its own that could ask.
    if (token.session.empty()) return false;
    for (const std::string_view name : {"clientId", "clientSecret", "refreshToken"})
        if (json_text_or_empty(cache, name).empty()) return false;
    const auto until = parse_iso8601(json_text_or_empty(cache, "registrationExpiresAt"));
    return until && *until > asking.now();
}

/// Asks for a new token and writes it into the cache. An answer that refuses is not asked for again.
Result<SsoAccess> renew(Asking& asking, const SsoToken& token, std::string_view profile, Cached& cached, const std::string& path) {
    Result<Endpoint> where = service_endpoint(asking, {.service = "oidc", .region = token.region}, "SSO_OIDC");
    if (!where) return std::move(where).error();
    JsonWriter writer;
    writer.begin_object()
        .field("clientId", json_text_or_empty(cached.object, "clientId"))
        .field("clientSecret", json_text_or_empty(cached.object, "clientSecret"))
        .field("grantType", "refresh_token")
        .field("refreshToken", json_text_or_empty(cached.object, "refreshToken"))
        .end_object();
    const Body body = std::make_shared<const std::string>(std::move(writer).take());
    const auto request = [&] {
        HttpRequest out;
        out.url = where->url + "/token";
        out.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
        out.body = body;
        return out;
    };
    const auto judge = [](const HttpAnswer& answer) { return judge_status(answer.head.status, read_json_error(answer.head, answer.body).code); };
    Result<HttpAnswer> answer = ask_service(asking.world, request, judge);
    if (!answer) return unreachable(std::move(answer).error(), fmt::format("The token of {} cannot be renewed", name_of(token, profile)));
    JsonParser parser;
    const JsonObject* object = parser.parse_object(answer->body);
    if (answer->head.status != 200) {
        ServiceError said = read_json_error(answer->head, answer->body);
        // OAuth's own form; its description may hold anything.
        if (said.code.empty() && object != nullptr) said.code = std::string(json_text_or_empty(*object, "error"));
        said.message.clear();
        return service_failure(said, answer->head.status, fmt::format("The token of {} was not renewed", name_of(token, profile)), sso_login_remedy(profile));
    }
    const std::string_view fresh = object == nullptr ? std::string_view() : json_text_or_empty(*object, "accessToken");
    const auto seconds = object == nullptr ? std::nullopt : json_integer(*object, "expiresIn");
    if (!is_header_value(fresh) || !seconds || *seconds <= 0 || *seconds > 31'536'000)
        return log_in(token, profile, "got a renewed token that makes no sense");
    SsoAccess access{.token = Secret(std::string(fresh)), .expires_at = asking.now() + std::chrono::seconds(*seconds)};
    cached.object["accessToken"] = fresh;
    cached.object["expiresAt"] = format_iso8601(access.expires_at);
    if (const std::string_view next = json_text_or_empty(*object, "refreshToken"); !next.empty()) cached.object["refreshToken"] = next;
    wipe(answer->body);
    std::string text = boost::json::serialize(cached.object);
    if (const Result<void> written = asking.world.files->replace(path, text); !written)
        asking.notes.push_back(fmt::format("profile: the renewed token of {} could not be kept: {}", name_of(token, profile), written.error().message));
    wipe(text);
    return access;
}

}  // namespace

std::string sso_login_remedy(std::string_view profile) { return fmt::format("Run `aws sso login --profile {}`.", profile); }

std::string sso_cache_path(const World& world, const SsoToken& token) {
    const std::string folder = expand_home(world, "~/.aws/sso/cache/");
    return folder.empty() ? folder : fmt::format("{}{}.json", folder, sha1_hex(token.session.empty() ? token.start_url : token.session));
}

std::optional<ErrorInfo> sso_problem(const Asking& asking, const SsoToken& token, std::string_view profile) {
    Result<Cached> cached = read_cache(asking, token, profile, sso_cache_path(asking.world, token));
    if (!cached) return std::move(cached).error();
    if (cached->access.expires_at > asking.now() || can_renew(asking, token, cached->object)) return std::nullopt;
    return expired(token, profile, cached->access.expires_at);
}

Result<SsoAccess> sso_access(Asking& asking, const SsoToken& token, std::string_view profile) {
    const std::string path = sso_cache_path(asking.world, token);
    // Read for each fetch: the user may have logged in again.
    Result<Cached> cached = read_cache(asking, token, profile, path);
    if (!cached) return std::move(cached).error();
    const WallTime now = asking.now();
    if (cached->access.expires_at > now + renew_before) return cached->access;
    const bool good = cached->access.expires_at > now;
    if (!can_renew(asking, token, cached->object)) {
        if (good) return cached->access;
        return expired(token, profile, cached->access.expires_at);
    }
    Result<SsoAccess> renewed = renew(asking, token, profile, *cached, path);
    if (renewed || !good) return renewed;
    asking.notes.push_back(fmt::format("profile: {}", renewed.error().message));
    return cached->access;
}

}  // namespace cortex::auth::aws
