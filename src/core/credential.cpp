#include "core/credential.hpp"

#include "core/secret_access.hpp"

namespace cortex {

bool same_credential(const Credential& a, const Credential& b) {
    return a.kind == b.kind && SecretAccess::text(a.secret) == SecretAccess::text(b.secret) && a.access_key_id == b.access_key_id &&
           SecretAccess::text(a.session_token) == SecretAccess::text(b.session_token);
}

bool no_news(const Credential& refused, const Credential& now) { return !now.expires_at && same_credential(refused, now); }

std::optional<std::string> env_value(const World& world, std::string_view name) {
    auto value = world.env ? world.env(name) : std::nullopt;
    return value && !value->empty() ? value : std::nullopt;
}

}  // namespace cortex
