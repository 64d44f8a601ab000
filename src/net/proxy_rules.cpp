#include "net/proxy_rules.hpp"

#include "core/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace cortex::net {
namespace {

std::string lookup(const EnvLookup& env, std::string_view lower_case, std::string_view upper_case) {
    for (const std::string_view name : {lower_case, upper_case})
        if (const auto value = env(name); value && !trim(*value).empty()) return std::string(trim(*value));
    return {};
}

/// An address as bytes: 4, 16, or none.
struct Address {
    std::array<unsigned char, 16> bytes = {};
    std::size_t size = 0;
};

Address parse_address(std::string_view text) {
    Address out;
    const std::string copy(text);
    if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1)
        out.size = 4;
    else if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1)
        out.size = 16;
    return out;
}

bool in_network(const Address& address, std::string_view network) {
    const std::size_t slash = network.find('/');
    const Address base = parse_address(network.substr(0, slash));
    if (base.size == 0 || base.size != address.size) return false;
    std::size_t bits = base.size * 8;
    if (slash != std::string_view::npos) {
        const std::string_view length = network.substr(slash + 1);
        std::size_t wanted = 0;
        const auto [stop, status] = std::from_chars(length.data(), length.data() + length.size(), wanted);
        if (status != std::errc() || stop != length.data() + length.size() || wanted > bits) return false;
        bits = wanted;
    }
    if (std::memcmp(address.bytes.data(), base.bytes.data(), bits / 8) != 0) return false;
    if (bits % 8 == 0) return true;
    const unsigned mask = 0xFF00U >> (bits % 8);
    return ((address.bytes[bits / 8] ^ base.bytes[bits / 8]) & mask & 0xFFU) == 0;
}

/// Splits an optional port off; an IPv6 address has a port only when it is in brackets.
std::string_view split_port(std::string_view rule, std::string_view& port) {
    if (!rule.empty() && rule.front() == '[') {
        const std::size_t end = rule.find(']');
        if (end == std::string_view::npos) return rule;
        if (end + 2 < rule.size() && rule[end + 1] == ':') port = rule.substr(end + 2);
        return rule.substr(1, end - 1);
    }
    const std::size_t colon = rule.find(':');
    if (colon == std::string_view::npos || rule.find(':', colon + 1) != std::string_view::npos) return rule;
    port = rule.substr(colon + 1);
    return rule.substr(0, colon);
}

std::string_view without_dots(std::string_view name) {
    while (!name.empty() && name.front() == '.') name.remove_prefix(1);
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);
    return name;
}

bool matches(std::string_view rule, const UrlParts& target, const Address& address) {
    if (rule == "*") return true;
    std::string_view port;
    rule = split_port(rule, port);
    if (!port.empty() && port != std::to_string(target.port)) return false;
    if (address.size > 0) return in_network(address, rule);
    if (rule.substr(0, 2) == "*.") rule.remove_prefix(1);
    const std::string_view host = without_dots(target.host);
    const std::string_view domain = without_dots(rule);
    if (domain.empty() || host.size() < domain.size()) return false;
    if (!iequals(host.substr(host.size() - domain.size()), domain)) return false;
    return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

}  // namespace

ProxyRules::ProxyRules(const EnvLookup& env) {
    if (!env) return;
    const std::string all = lookup(env, "all_proxy", "ALL_PROXY");
    https_ = lookup(env, "https_proxy", "HTTPS_PROXY");
    http_ = lookup(env, "http_proxy", "HTTP_PROXY");
    if (https_.empty()) https_ = all;
    if (http_.empty()) http_ = all;
    const std::string list = lookup(env, "no_proxy", "NO_PROXY");
    constexpr std::string_view separators = ", \t";
    for (std::size_t begin = list.find_first_not_of(separators); begin != std::string::npos;) {
        const std::size_t end = std::min(list.find_first_of(separators, begin), list.size());
        excluded_.push_back(list.substr(begin, end - begin));
        begin = list.find_first_not_of(separators, end);
    }
}

const std::string* ProxyRules::proxy_for(const UrlParts& target) const {
    const std::string& proxy = target.secure() ? https_ : http_;
    return proxy.empty() || excluded(target) ? nullptr : &proxy;
}

bool ProxyRules::excluded(const UrlParts& target) const {
    if (excluded_.empty()) return false;
    const Address address = parse_address(target.host);
    for (const std::string& rule : excluded_)
        if (matches(rule, target, address)) return true;
    return false;
}

}  // namespace cortex::net
