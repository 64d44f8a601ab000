#include "auth/aws/key_document.hpp"

#include "core/date_time.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

namespace cortex::auth::aws {
namespace {

const JsonValue* find_member(const JsonObject& object, std::string_view name) noexcept {
    for (const auto& member : object)
        if (iequals(std::string_view(member.key().data(), member.key().size()), name)) return member.value().is_null() ? nullptr : &member.value();
    return nullptr;
}

ErrorInfo wrong(std::string_view what, std::string_view why) {
    return {.code = ErrorCode::auth, .message = fmt::format("{}: {}. Check what gives the keys out.", what, why)};
}

/// Why a header cannot carry the text, or "".
std::string_view unfit(std::string_view text) noexcept {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == '\n' || byte == '\r') return "holds a line break";
        if (byte <= 0x20 || byte >= 0x7F) return "holds a character that no key has";
    }
    return {};
}

/// `name` of the object as a text, into `to`.
Result<void> take_text(const JsonObject& object, std::string_view name, std::string_view what, std::string& to) {
    const JsonValue* value = find_member(object, name);
    if (value == nullptr) return {};
    if (!value->is_string()) return wrong(what, fmt::format("{} is not a text", name));
    to = std::string(json_view(value->get_string()));
    return {};
}

std::optional<std::int64_t> whole(const JsonValue& value) noexcept {
    if (value.is_int64()) return value.get_int64();
    if (value.is_uint64() && value.get_uint64() <= static_cast<std::uint64_t>(INT64_MAX)) return static_cast<std::int64_t>(value.get_uint64());
    return std::nullopt;
}

Result<void> take_time(const JsonObject& object, std::string_view name, std::string_view what, std::optional<WallTime>& to) {
    const JsonValue* value = find_member(object, name);
    if (value == nullptr) return {};
    if (value->is_string()) to = parse_iso8601(trim(json_view(value->get_string())));
    // Later years do not fit a clock of nanoseconds.
    constexpr std::int64_t limit = 9'000'000'000'000;
    if (const auto count = whole(*value); count && *count >= 0 && *count < limit) to = WallTime(std::chrono::milliseconds(*count));
    if (!to) return wrong(what, fmt::format("{} is not a time", name));
    return {};
}

}  // namespace

std::string_view text_of(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = find_member(object, name);
    return value != nullptr && value->is_string() ? json_view(value->get_string()) : std::string_view();
}

Result<RawKeys> read_keys(const JsonObject& object, std::string_view what) {
    RawKeys keys;
    const std::array<std::pair<std::string_view, std::string*>, 5> texts = {{{"AccessKeyId", &keys.access_key_id},
                                                                             {"SecretAccessKey", &keys.secret_access_key},
                                                                             {"Token", &keys.session_token},
                                                                             {"SessionToken", &keys.session_token},
                                                                             {"AccountId", &keys.account_id}}};
    for (const auto& [name, to] : texts)
        if (Result<void> taken = take_text(object, name, what, *to); !taken) return std::move(taken).error();
    for (const std::string_view name : {"Expiration", "ExpiresAt"})
        if (Result<void> taken = take_time(object, name, what, keys.expires_at); !taken) return std::move(taken).error();
    if (keys.access_key_id.empty()) return wrong(what, "AccessKeyId is missing");
    if (keys.secret_access_key.empty()) return wrong(what, "SecretAccessKey is missing");
    return keys;
}

Result<Credential> to_credential(RawKeys&& keys, std::string source) {
    std::string_view name;
    std::string_view why;
    const std::array<std::pair<std::string_view, const std::string*>, 3> texts = {{{"access key id", &keys.access_key_id},
                                                                                   {"secret access key", &keys.secret_access_key},
                                                                                   {"session token", &keys.session_token}}};
    for (const auto& [called, text] : texts) {
        why = unfit(*text);
        name = called;
        if (!why.empty()) break;
    }
    if (!why.empty()) {
        wipe(keys.secret_access_key);
        wipe(keys.session_token);
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("The {} from {} {}. Copy it alone, without quotes, spaces or line breaks.", name, source, why)};
    }
    Credential out;
    out.kind = Credential::Kind::aws_keys;
    out.secret = Secret(std::move(keys.secret_access_key));
    out.source = std::move(source);
    out.access_key_id = std::move(keys.access_key_id);
    out.session_token = Secret(std::move(keys.session_token));
    out.account_id = std::move(keys.account_id);
    out.expires_at = keys.expires_at;
    return out;
}

}  // namespace cortex::auth::aws
