#include "channels/authorization.hpp"

#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace cortex::channels {

void add_secret(HttpRequest& request, const Credential& credential, std::string_view key_header) {
    const std::string_view secret = SecretAccess::text(credential.secret);
    if (credential.kind == Credential::Kind::none || secret.empty()) return;
    const bool bearer = credential.kind == Credential::Kind::bearer || key_header.empty();
    const std::string_view name = bearer ? std::string_view("authorization") : key_header;
    const auto same = [&](const HttpHeader& header) { return iequals(header.name, name); };
    if (std::any_of(request.headers.begin(), request.headers.end(), same)) return;
    request.headers.push_back({std::string(name), (bearer ? "Bearer " : "") + std::string(secret)});
}

}  // namespace cortex::channels
