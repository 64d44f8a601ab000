#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cortex::net {

/// What the transport must know of a URL: enough to choose a proxy, to refuse plain http, and to name the peer in an
/// error. The views lie in the text it was parsed from.
struct UrlParts {
    std::string_view scheme = {};     ///< As written; compare without regard to case.
    std::string_view host = {};       ///< Without brackets around an IPv6 address, and never with user or password.
    std::uint16_t port = 0;           ///< Written out, or the scheme's own (80, 443, 1080).
    bool has_user = false;            ///< The authority holds "user@" or "user:password@".

    /// "host:port", with brackets around an IPv6 address.
    std::string peer() const;
    bool secure() const noexcept;     ///< https
};

/// Absolute URLs with an authority only; nothing for anything else. A missing scheme is read as http where `lenient`
/// (as proxies are often written).
std::optional<UrlParts> parse_url(std::string_view url, bool lenient = false);

/// "localhost", 127.0.0.0/8 and ::1. Names are not looked up: "localhost" is loopback by RFC 6761.
bool is_loopback(std::string_view host);

}  // namespace cortex::net
