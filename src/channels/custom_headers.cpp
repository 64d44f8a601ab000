#include "channels/custom_headers.hpp"

#include "channels/base_url.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::channels {
namespace {

/// RFC 9110, "token".
bool is_header_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(),
                       [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); });
}

/// What belongs to the connection or describes the body.
bool is_reserved(std::string_view name) {
    for (const std::string_view reserved :
         {"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection",
          "accept-encoding", "expect", "te", "trailer", "upgrade", "proxy-authorization"})
        if (iequals(name, reserved)) return true;
    return false;
}

}  // namespace

Result<std::vector<HttpHeader>> parse_custom_headers(std::string_view text, std::string_view field) {
    std::vector<HttpHeader> headers;
    int number = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        ++number;
        if (line.empty()) continue;
        const std::size_t colon = line.find(':');
        const std::string_view name = trim(line.substr(0, colon));
        const std::string_view value =
            colon == std::string_view::npos ? std::string_view() : trim(line.substr(colon + 1));
        const auto bad = [&](std::string_view what) {
            return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("{}, line {}: {}", field, number, what)};
        };
        if (colon == std::string_view::npos) return bad("there is no colon. Write one \"Name: value\" a line.");
        if (!is_header_name(name)) return bad("the name is not one that HTTP allows.");
        if (!is_header_value(value)) return bad("the value holds control characters.");
        if (is_reserved(name)) return bad(fmt::format("{} cannot be set; it is the connection's own.", name));
        set_header(headers, name, value);
    }
    return headers;
}

}  // namespace cortex::channels
