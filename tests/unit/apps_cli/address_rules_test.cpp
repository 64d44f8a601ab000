#include "tools/address_rules.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace cortex::cli {
namespace {

std::string judged(const std::string& text, bool allow_loopback = false) {
    sockaddr_storage storage{};
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    if (text.find(':') == std::string::npos) {
        auto* const in = reinterpret_cast<sockaddr_in*>(&storage);
        in->sin_family = AF_INET;
        EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &in->sin_addr), 1) << text;
    } else {
        auto* const in = reinterpret_cast<sockaddr_in6*>(&storage);
        in->sin6_family = AF_INET6;
        EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &in->sin6_addr), 1) << text;
    }
    return forbidden_address(address, allow_loopback);
}

class ForbiddenAddress : public testing::TestWithParam<const char*> {};
TEST_P(ForbiddenAddress, is_named_by_its_kind) { EXPECT_NE(judged(GetParam()), "") << GetParam(); }
INSTANTIATE_TEST_SUITE_P(v4, ForbiddenAddress,
                         testing::Values("0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1",
                                         "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.254",
                                         "168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2",
                                         "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
                                         "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
                                         "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
                                         "255.255.255.255"));
INSTANTIATE_TEST_SUITE_P(v6, ForbiddenAddress,
                         testing::Values("::", "::1", "::2", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
                                         "::127.0.0.1", "::8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3",
                                         "64:ff9b::169.254.169.254", "64:ff9b::c0a8:1", "64:ff9b:1::8.8.8.8", "100::1",
                                         "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1",
                                         "ff02::1", "ff0e::1", "2001::1", "2001:0:53aa:64c::1", "2001:db8::1",
                                         "2002:7f00:1::", "2002:a00:1::1", "2620:4f:8000::1", "3fff::1", "3fff:fff::1",
                                         "4000::1", "5f00::1", "1fff::1"));

class PublicAddress : public testing::TestWithParam<const char*> {};
TEST_P(PublicAddress, may_be_connected_to) { EXPECT_EQ(judged(GetParam()), "") << GetParam(); }
INSTANTIATE_TEST_SUITE_P(edges, PublicAddress,
                         testing::Values("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                                         "100.128.0.0", "126.255.255.255", "128.0.0.1", "168.63.129.15",
                                         "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
                                         "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
                                         "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888",
                                         "2a00:1450:4001:80b::200e", "64:ff9b::8.8.8.8"));

TEST(AddressRules, loopback_passes_only_where_it_is_allowed) {
    for (const char* address : {"127.0.0.1", "127.8.8.8", "::1"}) {
        EXPECT_NE(judged(address), "");
        EXPECT_EQ(judged(address, true), "");
    }
    for (const char* address :
         {"10.0.0.1", "169.254.169.254", "0.0.0.0", "::", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "fe80::1"})
        EXPECT_NE(judged(address, true), "") << address;
}

TEST(AddressRules, what_is_no_internet_address_is_forbidden) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    EXPECT_NE(forbidden_address(reinterpret_cast<sockaddr*>(&local), true), "");
    EXPECT_NE(forbidden_address(nullptr, true), "");
}

TEST(AddressRules, the_kind_is_in_the_words) {
    EXPECT_EQ(judged("192.168.1.1"), "a private address (192.168.0.0/16)");
    EXPECT_EQ(judged("64:ff9b::192.168.1.1"), "a private address (192.168.0.0/16) behind a translator (64:ff9b::/96)");
    EXPECT_EQ(judged("::ffff:8.8.8.8"), "an IPv4 address in IPv6 form (::ffff:0:0/96)");
}

}  // namespace
}  // namespace cortex::cli
