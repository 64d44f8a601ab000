#include "auth/google/http_rules.hpp"

#include "core/percent.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <algorithm>
#include <memory>

namespace cortex::auth::google {

std::string_view unfit_url(std::string_view url) {
    const auto parts = net::parse_url(url);
    const auto odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F; };
    if (!parts || std::any_of(url.begin(), url.end(), odd)) return "is no URL";
    if (parts->has_user) return "holds a user name or password";
    if (parts->secure() || (iequals(parts->scheme, "http") && is_local(url))) return {};
    return "does not begin with https://";
}

bool is_loopback_url(std::string_view url) {
    const auto parts = net::parse_url(url);
    return parts && net::is_loopback(parts->host);
}

bool is_local(std::string_view url) {
    const auto parts = net::parse_url(url);
    return parts && (net::is_loopback(parts->host) || parts->host == "169.254.169.254" || iequals(parts->host, "fd00:ec2::254"));
}

bool is_google_host(std::string_view url) {
    const auto parts = net::parse_url(url);
    if (!parts) return false;
    const std::string host = to_lower(parts->host);
    return host == "googleapis.com" || host.ends_with(".googleapis.com") || host == "accounts.google.com";
}

bool fits_header(std::string_view token) noexcept {
    return std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string host_of(std::string_view url) {
    const auto parts = net::parse_url(url);
    if (!parts) return "the address";
    std::string peer = parts->peer();
    const std::string_view usual = parts->secure() ? ":443" : ":80";
    if (peer.ends_with(usual)) peer.resize(peer.size() - usual.size());
    return peer;
}

std::string form(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        if (!out.empty()) out.push_back('&');
        out += percent_encode(name);
        out.push_back('=');
        out += percent_encode(value);
    }
    return out;
}

HttpRequest post_form(std::string url, std::string body) {
    HttpRequest request;
    request.method = HttpMethod::post;
    request.use_proxy = !is_local(url);
    request.url = std::move(url);
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}};
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
}

}  // namespace cortex::auth::google
