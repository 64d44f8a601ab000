#include "auth/aws/sigv4_canonical.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace cortex::auth::aws {
namespace {

bool is_unreserved(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

void encode(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

/// As botocore does it: single dots and empty segments vanish, two dots take the segment before them along.
std::string normalized(std::string_view path) {
    std::vector<std::string_view> kept;
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view segment = path.substr(start, end - start);
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(segment);
        }
        start = end + 1;
    }
    std::string out;
    for (const std::string_view segment : kept) out.append("/").append(segment);
    if (kept.empty() || path.back() == '/') out += '/';
    return out;
}

void append_squeezed(std::string& out, std::string_view value) {
    value = trim(value);
    // Without a branch, so that many bytes are looked at at once: session tokens are long, and hold no white space.
    bool any = false;
    for (const char c : value) any |= static_cast<unsigned char>(c) <= ' ';
    if (!any) {
        out += value;
        return;
    }
    bool gap = false;
    for (const char c : value) {
        if (is_space(c)) {
            gap = true;
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += c;
    }
}

std::string encoded_part(std::string_view part) {
    std::string out;
    out.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        const bool encoded = part[i] == '%' && i + 2 < part.size() && is_hex(part[i + 1]) && is_hex(part[i + 2]);
        if (encoded || is_unreserved(part[i]))
            out += part[i];
        else
            encode(out, part[i]);
    }
    return out;
}

}  // namespace

CanonicalHeaders canonical_headers(const std::vector<HeaderView>& headers) {
    struct Entry {
        std::string name;
        std::size_t order;   ///< As given: it decides where names are alike.
    };
    std::vector<Entry> sorted;
    sorted.reserve(headers.size());
    std::size_t bytes = 0;
    for (const HeaderView& header : headers) {
        sorted.push_back({to_lower(header.name), sorted.size()});
        bytes += header.name.size() + header.value.size() + 2;
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.name, a.order) < std::tie(b.name, b.order); });

    CanonicalHeaders out;
    out.lines.reserve(bytes);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0 && sorted[i].name == sorted[i - 1].name) {
            out.lines += ',';
        } else {
            if (i > 0) {
                out.lines += '\n';
                out.names += ';';
            }
            out.lines.append(sorted[i].name).append(":");
            out.names += sorted[i].name;
        }
        append_squeezed(out.lines, headers[sorted[i].order].value);
    }
    if (!sorted.empty()) out.lines += '\n';
    return out;
}

std::string canonical_path(std::string_view path, const SigningOptions& options) {
    std::string plain = options.normalize_path ? normalized(path) : std::string(path);
    if (plain.empty() || plain.front() != '/') plain.insert(plain.begin(), '/');
    if (!options.encode_path) return plain;
    std::string out;
    out.reserve(plain.size() + 16);
    for (const char c : plain) {
        if (c == '/' || is_unreserved(c))
            out += c;
        else
            encode(out, c);
    }
    return out;
}

std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t start = 0; start < query.size();) {
        const std::size_t end = std::min(query.find('&', start), query.size());
        const std::string_view pair = query.substr(start, end - start);
        start = end + 1;
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        pairs.emplace_back(encoded_part(pair.substr(0, equals)),
                           encoded_part(pair.substr(std::min(equals + 1, pair.size()))));
    }
    std::sort(pairs.begin(), pairs.end());
    std::string out;
    for (const auto& [name, value] : pairs) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

}  // namespace cortex::auth::aws
