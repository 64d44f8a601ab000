#include "channels/base_url.hpp"

#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::channels {
namespace {

ErrorInfo bad_url(std::string_view field, std::string_view what) {
    return {.code = ErrorCode::config, .message = fmt::format("{} {}", field, what)};
}

}  // namespace

Result<std::string> checked_base_url(std::string_view url, std::string_view field) {
    url = trim(url);
    if (url.empty()) return bad_url(field, "is empty; a URL such as https://host/path is expected.");
    if (std::any_of(url.begin(), url.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F;
        }))
        return bad_url(field, "holds white space or characters that a URL cannot hold. Percent-encode them.");
    const auto parts = net::parse_url(url);
    if (!parts)
        return bad_url(field, "is no absolute URL; https://host/path or http://localhost:port/path is expected.");
    if (parts->has_user)
        return bad_url(field, "holds a user name or password. Leave them out; keys belong to api_key.");
    if (!iequals(parts->scheme, "https") && !iequals(parts->scheme, "http"))
        return bad_url(field, fmt::format("begins with \"{}\"; https:// or http:// is expected.", parts->scheme));
    if (url.find_first_of("?#") != std::string_view::npos)
        return bad_url(field, "holds a query or fragment. Only scheme, host, port and path are expected.");
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string(url);
}

void move_request(HttpRequest& request, std::string_view from, std::string_view to) {
    while (to.ends_with('/')) to.remove_suffix(1);
    if (request.url.starts_with(from)) request.url.replace(0, from.size(), to);
}

void set_header(std::vector<HttpHeader>& headers, std::string_view name, std::string_view value) {
    for (HttpHeader& header : headers)
        if (iequals(header.name, name)) {
            header.value = value;
            return;
        }
    headers.push_back({std::string(name), std::string(value)});
}

}  // namespace cortex::channels
