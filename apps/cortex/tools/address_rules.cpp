#include "tools/address_rules.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace cortex::cli {
namespace {

struct Range4 {
    std::uint32_t base;
    unsigned bits;
    const char* what;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24U | b << 16U | c << 8U | d; }

constexpr std::array ranges4{
    Range4{v4(0, 0, 0, 0), 8, "an address of this host or network (0.0.0.0/8)"},
    Range4{v4(10, 0, 0, 0), 8, "a private address (10.0.0.0/8)"},
    Range4{v4(100, 64, 0, 0), 10, "an address of a provider's own network (100.64.0.0/10)"},
    Range4{v4(127, 0, 0, 0), 8, "a loopback address (127.0.0.0/8)"},
    // Not reserved, but the host agent of Azure answers there, to each of its machines.
    Range4{v4(168, 63, 129, 16), 32, "the address of a cloud's host agent (168.63.129.16)"},
    Range4{v4(169, 254, 0, 0), 16, "a link-local address (169.254.0.0/16), where clouds keep their metadata"},
    Range4{v4(172, 16, 0, 0), 12, "a private address (172.16.0.0/12)"},
    Range4{v4(192, 0, 0, 0), 24, "a reserved address (192.0.0.0/24)"},
    Range4{v4(192, 0, 2, 0), 24, "a documentation address (192.0.2.0/24)"},
    Range4{v4(192, 31, 196, 0), 24, "a reserved address (192.31.196.0/24)"},
    Range4{v4(192, 52, 193, 0), 24, "a reserved address (192.52.193.0/24)"},
    Range4{v4(192, 88, 99, 0), 24, "a relay address (192.88.99.0/24)"},
    Range4{v4(192, 168, 0, 0), 16, "a private address (192.168.0.0/16)"},
    Range4{v4(192, 175, 48, 0), 24, "a reserved address (192.175.48.0/24)"},
    Range4{v4(198, 18, 0, 0), 15, "a test network's address (198.18.0.0/15)"},
    Range4{v4(198, 51, 100, 0), 24, "a documentation address (198.51.100.0/24)"},
    Range4{v4(203, 0, 113, 0), 24, "a documentation address (203.0.113.0/24)"},
    Range4{v4(224, 0, 0, 0), 4, "a multicast address (224.0.0.0/4)"},
    Range4{v4(240, 0, 0, 0), 4, "a reserved or broadcast address (240.0.0.0/4)"},
};

bool within(std::uint32_t address, std::uint32_t base, unsigned bits) {
    return bits == 0 || (address ^ base) >> (32U - bits) == 0;
}

std::string forbidden4(std::uint32_t address, bool allow_loopback) {
    if (allow_loopback && within(address, v4(127, 0, 0, 0), 8)) return {};
    for (const Range4& range : ranges4)
        if (within(address, range.base, range.bits)) return range.what;
    return {};
}

using Bytes = std::array<std::uint8_t, 16>;

struct Range6 {
    Bytes base;
    unsigned bits;
    const char* what;
};

constexpr Bytes v6(unsigned a, unsigned b, unsigned c = 0, unsigned d = 0, unsigned e = 0, unsigned f = 0) {
    Bytes bytes{};
    const std::array<unsigned, 6> words{a, b, c, d, e, f};
    for (std::size_t i = 0; i < words.size(); ++i) {
        bytes[2 * i] = static_cast<std::uint8_t>(words[i] >> 8U);
        bytes[2 * i + 1] = static_cast<std::uint8_t>(words[i] & 0xFFU);
    }
    return bytes;
}

constexpr Range6 mapped{v6(0, 0, 0, 0, 0, 0xffff), 96, "an IPv4 address in IPv6 form (::ffff:0:0/96)"};
constexpr Range6 nat64{v6(0x64, 0xff9b), 96, "an address of a translator (64:ff9b::/96)"};
constexpr Range6 global{v6(0x2000, 0), 3, "global unicast (2000::/3)"};

/// What is not global unicast, told by its kind where that is known.
constexpr std::array outside{
    mapped,
    Range6{v6(0, 0), 96, "an IPv4 address in IPv6 form (::/96)"},
    Range6{v6(0x64, 0xff9b, 1), 48, "an address of a local translator (64:ff9b:1::/48)"},
    Range6{v6(0x100, 0), 64, "an address that discards (100::/64)"},
    Range6{v6(0xfc00, 0), 7, "a private address (fc00::/7)"},
    Range6{v6(0xfe80, 0), 10, "a link-local address (fe80::/10)"},
    Range6{v6(0xfec0, 0), 10, "a private address (fec0::/10)"},
    Range6{v6(0xff00, 0), 8, "a multicast address (ff00::/8)"},
};

constexpr std::array inside{
    Range6{v6(0x2001, 0), 23, "an address of a tunnel or a protocol (2001::/23)"},
    Range6{v6(0x2001, 0xdb8), 32, "a documentation address (2001:db8::/32)"},
    Range6{v6(0x2002, 0), 16, "an address of a tunnel (2002::/16)"},
    Range6{v6(0x2620, 0x4f, 0x8000), 48, "a reserved address (2620:4f:8000::/48)"},
    Range6{v6(0x3fff, 0), 20, "a documentation address (3fff::/20)"},
};

bool within(const Bytes& address, const Range6& range) {
    const std::size_t whole = range.bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), range.base.begin()))
        return false;
    const unsigned rest = range.bits % 8;
    return rest == 0 || (address[whole] ^ range.base[whole]) >> (8U - rest) == 0;
}

std::string forbidden6(const Bytes& address, bool allow_loopback) {
    constexpr Bytes unspecified{};
    Bytes loopback{};
    loopback[15] = 1;
    if (address == loopback) return allow_loopback ? std::string() : "a loopback address (::1)";
    if (address == unspecified) return "the unspecified address (::)";
    // In a network that has only IPv6 the whole of IPv4 is behind this prefix.
    if (within(address, nat64)) {
        const std::string behind = forbidden4(v4(address[12], address[13], address[14], address[15]), false);
        return behind.empty() ? std::string() : behind + " behind a translator (64:ff9b::/96)";
    }
    for (const Range6& range : outside)
        if (within(address, range)) return range.what;
    if (!within(address, global)) return "an address outside the public internet";
    for (const Range6& range : inside)
        if (within(address, range)) return range.what;
    return {};
}

}  // namespace

std::string forbidden_address(const sockaddr* address, bool allow_loopback) {
    if (address == nullptr) return "no address";
    if (address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        return forbidden4(ntohl(in.sin_addr.s_addr), allow_loopback);
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, address, sizeof in);
        Bytes bytes{};
        std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
        return forbidden6(bytes, allow_loopback);
    }
    return "not an address of the internet";
}

}  // namespace cortex::cli
