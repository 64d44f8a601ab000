#pragma once

#include "net/url_parts.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::net {

/// Looks a variable of the environment up; injected, so that tests and hosts can say what it holds.
using EnvLookup = std::function<std::optional<std::string>(std::string_view)>;

/// Which proxy a request goes through, as the environment said when this was built: `HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY` and `NO_PROXY`. The lower-case name wins; an empty variable counts as unset.
///
/// `NO_PROXY` is a list separated by commas or blanks: `*`, names (`example.com` and `.example.com` both mean the
/// domain and everything below it), addresses, networks (`10.0.0.0/8`, `fd00::/8`), each with an optional `:port`.
class ProxyRules {
public:
    ProxyRules() = default;
    explicit ProxyRules(const EnvLookup& env);

    /// The proxy's URL, with its login if it has one (a secret: never shown), or null for a direct connection.
    const std::string* proxy_for(const UrlParts& target) const;

private:
    bool excluded(const UrlParts& target) const;

    std::string http_ = {};
    std::string https_ = {};
    std::vector<std::string> excluded_ = {};
};

}  // namespace cortex::net
