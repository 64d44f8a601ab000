#include "auth/aws/key_document.hpp"
#include "auth/aws/profiles.hpp"
#include "auth/aws/service_call.hpp"
#include "auth/aws/sources.hpp"
#include "core/json.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace cortex::auth::aws {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view what = "The instance metadata service";
constexpr std::string_view stopped = "The instance metadata service gave a token and then no answer";
constexpr std::string_view roles_path = "/latest/meta-data/iam/security-credentials/";
/// A container with hop limit 1 never gets the answer: this is what it waits.
constexpr milliseconds limit{1'000};
constexpr std::chrono::minutes absence{5};

ErrorInfo wrong(std::string_view why) {
    return {.code = ErrorCode::auth, .message = fmt::format("{} {}. Look at the instance's role, or set AWS_EC2_METADATA_DISABLED=true to leave it out.", what, why)};
}

bool disabled(const World& world) {
    const auto said = env_value(world, "AWS_EC2_METADATA_DISABLED");
    return said && iequals(trim(*said), "true");
}

Result<HttpAnswer> ask(World& world, HttpMethod method, std::string url, HttpHeader header) {
    HttpRequest request;
    request.method = method;
    request.url = std::move(url);
    request.headers.push_back(std::move(header));
    request.use_proxy = false;
    return exchange_once(world, std::move(request), limit, limit);
}

/// Nobody is there, or nobody answers in time.
bool is_silence(const ErrorInfo& error) noexcept { return error.code == ErrorCode::network || error.code == ErrorCode::timeout; }

/// Keys that the service gives out although they have ended go on being good: it is the service that is late (smithy-rs
/// aws-config, imds/credentials.rs: ten minutes, and up to five more at random, so that a fleet does not ask at once).
void extend(Credential& keys, const Asking& asking) {
    const WallTime now = asking.now();
    if (!keys.expires_at || *keys.expires_at > now) return;
    const std::string dice = asking.world.random ? asking.world.random(1) : std::string();
    const int share = dice.empty() ? 0 : static_cast<unsigned char>(dice[0]);
    keys.expires_at = now + std::chrono::minutes(10) + std::chrono::seconds(share * 300 / 255);
    asking.notes.push_back("instance metadata: it gives out keys that have ended; they are used until it has new ones");
}

bool is_role_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("+=,.@_-").find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

/// The three calls. `answered`: somebody was there, whatever the outcome.
Result<Sought> ask_instance(Asking& asking, const std::string& base, bool& answered) {
    World& world = asking.world;
    Result<HttpAnswer> token = ask(world, HttpMethod::put, base + "/latest/api/token", {"x-aws-ec2-metadata-token-ttl-seconds", "21600"});
    if (!token) return std::move(token).error();
    answered = true;
    const int status = token->head.status;
    if (status == 403) return Sought{.absent = "the service is switched off for this instance (HTTP 403)"};
    if (status == 404 || status == 405) return Sought{.absent = fmt::format("what answers at {} gives no tokens (HTTP {}), so it is not version 2", base, status)};
    if (status >= 500) return ErrorInfo{.code = ErrorCode::unavailable, .message = fmt::format("{} is broken (HTTP {}). Try again later.", what, status), .retryable = true, .http_status = status};
    const std::string session(trim(token->body));
    if (status != 200 || !is_header_value(session)) return wrong(fmt::format("gave no token (HTTP {})", status));

    Result<HttpAnswer> roles = ask(world, HttpMethod::get, fmt::format("{}{}", base, roles_path), {"x-aws-ec2-metadata-token", session});
    if (!roles) return unreachable(std::move(roles).error(), stopped);
    if (roles->head.status == 404) return Sought{.absent = "the instance has no role"};
    const std::string role(trim(std::string_view(roles->body).substr(0, roles->body.find('\n'))));
    if (roles->head.status != 200) return wrong(fmt::format("did not name the instance's role (HTTP {})", roles->head.status));
    if (role.empty()) return Sought{.absent = "the instance has no role"};
    if (!is_role_name(role)) return wrong("answered with something that is no role's name");

    Result<HttpAnswer> answer = ask(world, HttpMethod::get, fmt::format("{}{}{}", base, roles_path, role), {"x-aws-ec2-metadata-token", session});
    if (!answer) return unreachable(std::move(answer).error(), stopped);
    if (answer->head.status != 200) return wrong(fmt::format("gave no credentials for role {} (HTTP {})", role, answer->head.status));
    JsonParser parser;
    const JsonObject* object = parser.parse_object(answer->body);
    if (object == nullptr) return wrong(fmt::format("answered for role {} with something that is no JSON object", role));
    const std::string_view code = text_of(*object, "Code");
    if (!code.empty() && code != "Success") return wrong(fmt::format("gave no credentials for role {}: {}", role, utf8_prefix(code, 100)));
    Result<RawKeys> keys = read_keys(*object, fmt::format("{} answered wrongly for role {}", what, role));
    wipe(answer->body);
    if (!keys) return std::move(keys).error();
    Result<Credential> credential = to_credential(std::move(keys).value(), fmt::format("instance metadata (role {})", role));
    if (!credential) return std::move(credential).error();
    extend(*credential, asking);
    return Sought{.found = std::move(credential).value()};
}

/// The environment's word, else the profile's, and who said it.
std::pair<std::string, std::string> said(const World& world, std::string_view variable, const Profiles* profiles, const std::string& profile, std::string_view key) {
    if (auto value = env_value(world, variable)) return {std::move(*value), fmt::format("environment variable {}", variable)};
    const Section* section = profiles == nullptr ? nullptr : profiles->find(profile);
    if (section == nullptr || !section->has(key)) return {};
    return {std::string(section->get(key)), fmt::format("{} of {}", key, profiles->where(profile))};
}

}  // namespace

Result<std::string> instance_metadata_url(const World& world, std::string_view configured_profile) {
    const Result<Profiles> loaded = load_profiles(world);
    const Profiles* profiles = loaded ? &*loaded : nullptr;
    const std::string profile = choose_profile(world, configured_profile).name;
    auto [url, url_source] = said(world, "AWS_EC2_METADATA_SERVICE_ENDPOINT", profiles, profile, "ec2_metadata_service_endpoint");
    if (!url.empty()) {
        const auto parts = net::parse_url(url);
        if (!parts || parts->has_user || (!parts->secure() && !iequals(parts->scheme, "http")))
            return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("The address from {} is not a URL. Write one such as http://169.254.169.254.", url_source)};
        while (url.ends_with('/')) url.pop_back();
        return url;
    }
    const auto [mode, mode_source] = said(world, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", profiles, profile, "ec2_metadata_service_endpoint_mode");
    if (mode.empty() || iequals(mode, "IPv4")) return std::string("http://169.254.169.254");
    if (iequals(mode, "IPv6")) return std::string("http://[fd00:ec2::254]");
    return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("The mode from {} is neither IPv4 nor IPv6. Write one of these.", mode_source)};
}

Look look_instance(const World& world, const InstanceMemory& memory) {
    if (disabled(world)) return {.text = "switched off by AWS_EC2_METADATA_DISABLED"};
    if (memory.absent_until && world.clock->now() < *memory.absent_until) return {.text = "nobody answered a short while ago"};
    return {.there = true, .source = "instance metadata", .text = "asked when needed"};
}

Result<Sought> instance_keys(Asking& asking, InstanceMemory& memory) {
    const World& world = asking.world;
    if (disabled(world)) return Sought{.absent = "switched off by AWS_EC2_METADATA_DISABLED"};
    if (memory.absent_until && world.clock->now() < *memory.absent_until) return Sought{.absent = "nobody answered a short while ago"};
    memory.absent_until.reset();
    Result<std::string> base = instance_metadata_url(world, asking.options.profile);
    if (!base) return std::move(base).error();

    bool answered = false;
    Result<Sought> sought = ask_instance(asking, *base, answered);
    if (sought) {
        if (sought->found) memory.last = sought->found;
        return sought;
    }
    const bool broken = is_silence(sought.error()) || sought.error().code == ErrorCode::unavailable;
    if (broken && memory.last) {
        Credential kept = *memory.last;
        extend(kept, asking);
        asking.notes.push_back("instance metadata: it does not answer; the last keys are used on");
        return Sought{.found = std::move(kept)};
    }
    if (answered || !is_silence(sought.error())) return sought;
    if (world.deadline.passed(world.clock->now())) return unreachable(std::move(sought).error(), "The instance metadata service was not asked to the end");   // our own haste is no proof of absence
    memory.absent_until = world.clock->now() + absence;
    return Sought{.absent = fmt::format("nobody answers at {}", *base)};
}

}  // namespace cortex::auth::aws
