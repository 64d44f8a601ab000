#include "net/url_parts.hpp"

#include "core/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace cortex::net {
namespace {

std::uint16_t default_port(std::string_view scheme) noexcept {
    if (iequals(scheme, "https")) return 443;
    if (scheme.size() >= 5 && iequals(scheme.substr(0, 5), "socks")) return 1080;
    return 80;
}

/// Bytes that different readers of URLs understand differently: what we check must be what is connected to.
bool has_doubtful_byte(std::string_view authority) noexcept {
    return std::any_of(authority.begin(), authority.end(),
                       [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '\\'; });
}

}  // namespace

std::string UrlParts::peer() const {
    std::string out;
    const bool bracket = host.find(':') != std::string_view::npos;
    if (bracket) out += '[';
    out += host;
    if (bracket) out += ']';
    out += ':';
    out += std::to_string(port);
    return out;
}

bool UrlParts::secure() const noexcept { return iequals(scheme, "https"); }

std::optional<UrlParts> parse_url(std::string_view url, bool lenient) {
    UrlParts out;
    const std::size_t mark = url.find("://");
    if (mark != std::string_view::npos && mark > 0) {
        out.scheme = url.substr(0, mark);
        url.remove_prefix(mark + 3);
    } else if (lenient) {
        out.scheme = "http";
    } else {
        return std::nullopt;
    }
    std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (has_doubtful_byte(authority)) return std::nullopt;
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        out.has_user = true;
        authority.remove_prefix(at + 1);
    }
    std::string_view port;
    if (!authority.empty() && authority.front() == '[') {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        out.host = authority.substr(1, end - 1);
        const std::string_view after = authority.substr(end + 1);
        if (!after.empty() && after.front() != ':') return std::nullopt;
        if (!after.empty()) port = after.substr(1);
    } else {
        const std::size_t colon = authority.find(':');
        out.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port = authority.substr(colon + 1);
    }
    if (out.host.empty()) return std::nullopt;
    out.port = default_port(out.scheme);
    if (!port.empty()) {
        const auto [stop, status] = std::from_chars(port.data(), port.data() + port.size(), out.port);
        if (status != std::errc() || stop != port.data() + port.size()) return std::nullopt;
    }
    return out;
}

bool is_loopback(std::string_view host) {
    if (iequals(host, "localhost") || iequals(host, "localhost.")) return true;
    const std::string text(host);
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace cortex::net
