#include "net/proxy_rules.hpp"

#include "net/url_parts.hpp"
#include "transport_support.hpp"

namespace cortex::net::test {
namespace {

std::string proxy_for(const ProxyRules& rules, std::string_view url) {
    const std::string* const proxy = rules.proxy_for(parse_url(url).value());
    return proxy == nullptr ? "direct" : *proxy;
}

TEST(ProxyRules, chooses_by_the_scheme_of_the_request) {
    const ProxyRules rules(env_of({{"HTTP_PROXY", "http://a:1"}, {"HTTPS_PROXY", "http://b:2"}}));
    EXPECT_EQ(proxy_for(rules, "http://x/"), "http://a:1");
    EXPECT_EQ(proxy_for(rules, "https://x/"), "http://b:2");
    EXPECT_EQ(proxy_for(rules, "HTTPS://x/"), "http://b:2");
}

TEST(ProxyRules, prefers_the_lower_case_name_and_skips_empty_ones) {
    EXPECT_EQ(proxy_for(ProxyRules(env_of({{"https_proxy", "http://low"}, {"HTTPS_PROXY", "http://up"}})), "https://x"),
              "http://low");
    EXPECT_EQ(proxy_for(ProxyRules(env_of({{"https_proxy", ""}, {"HTTPS_PROXY", "http://up"}})), "https://x"),
              "http://up");
    EXPECT_EQ(proxy_for(ProxyRules(env_of({{"HTTPS_PROXY", " "}})), "https://x"), "direct");
}

TEST(ProxyRules, falls_back_to_all_proxy) {
    const ProxyRules rules(env_of({{"ALL_PROXY", "socks5h://s"}, {"HTTP_PROXY", "http://h"}}));
    EXPECT_EQ(proxy_for(rules, "https://x"), "socks5h://s");
    EXPECT_EQ(proxy_for(rules, "http://x"), "http://h");
}

TEST(ProxyRules, is_direct_without_any_variable) {
    EXPECT_EQ(proxy_for(ProxyRules(), "https://x"), "direct");
    EXPECT_EQ(proxy_for(ProxyRules(env_of({})), "https://x"), "direct");
}

TEST(ProxyRules, follows_no_proxy) {
    struct Case {
        std::string_view no_proxy;
        std::string_view url;
        bool direct;
    };
    const Case cases[] = {
        {"*", "https://anything", true},
        {"example.com", "https://example.com", true},
        {"example.com", "https://EXAMPLE.com.", true},
        {"example.com", "https://api.example.com", true},
        {"example.com", "https://notexample.com", false},
        {"example.com", "https://example.com.evil.org", false},
        {".example.com", "https://api.example.com", true},
        {".example.com", "https://example.com", true},
        {"*.example.com", "https://a.b.example.com", true},
        {"example.com:8443", "https://example.com:8443", true},
        {"example.com:8443", "https://example.com", false},
        {"example.com:443", "https://example.com", true},
        {"a.org, b.org", "https://b.org", true},
        {"a.org b.org", "https://b.org", true},
        {",, ,", "https://b.org", false},
        {"127.0.0.1", "https://127.0.0.1:9", true},
        {"127.0.0.1:9", "https://127.0.0.1:9", true},
        {"127.0.0.1:8", "https://127.0.0.1:9", false},
        {"10.0.0.0/8", "https://10.200.3.4", true},
        {"10.0.0.0/8", "https://11.0.0.1", false},
        {"192.168.4.0/22", "https://192.168.7.255", true},
        {"192.168.4.0/22", "https://192.168.8.0", false},
        {"10.0.0.0/33", "https://10.0.0.1", false},
        {"0.0.0.0/0", "https://8.8.8.8", true},
        {"0.0.0.0/0", "https://name.org", false},
        {"::1", "https://[::1]:5", true},
        {"[::1]:5", "https://[::1]:5", true},
        {"[::1]:6", "https://[::1]:5", false},
        {"fd00::/8", "https://[fd12::1]", true},
        {"fd00::/8", "https://[fe80::1]", false},
        {"0.1", "https://10.0.0.1", false},
    };
    for (const Case& c : cases) {
        const ProxyRules rules(env_of({{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", std::string(c.no_proxy)}}));
        EXPECT_EQ(proxy_for(rules, c.url) == "direct", c.direct) << c.no_proxy << " for " << c.url;
    }
}

TEST(UrlParts, finds_host_and_port) {
    struct Case {
        std::string_view url;
        std::string_view peer;
    };
    for (const auto& [url, peer] :
         std::initializer_list<Case>{{"https://api.anthropic.com/v1/messages?beta=true", "api.anthropic.com:443"},
                                     {"http://localhost", "localhost:80"},
                                     {"HTTPS://Host:8443#f", "Host:8443"},
                                     {"https://user:pass@host/x@y", "host:443"},
                                     {"https://host?q=http://other/", "host:443"},
                                     {"http://[::1]:8080/", "[::1]:8080"},
                                     {"https://[fe80::1]", "[fe80::1]:443"},
                                     {"https://host:/", "host:443"}}) {
        const auto parts = parse_url(url);
        ASSERT_TRUE(parts) << url;
        EXPECT_EQ(parts->peer(), peer) << url;
    }
    EXPECT_TRUE(parse_url("https://user:pass@host")->has_user);
    EXPECT_EQ(parse_url("proxy:3128", true)->peer(), "proxy:3128");
}

TEST(UrlParts, refuses_what_readers_could_understand_differently) {
    for (const std::string_view url :
         {"", "host", "://host", "http://", "http:///host", "http://a b", "http://evil.org\\@127.0.0.1/",
          "http://host:70000", "http://host:1x", "http://[::1", "http://[::1]x", "http://:80", "http://host\n"})
        EXPECT_FALSE(parse_url(url)) << url;
}

TEST(UrlParts, knows_loopback_addresses) {
    for (const std::string_view host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const std::string_view host : {"localhost.evil.org", "127.0.0.1.evil.org", "127.evil.org", "127", "128.0.0.1",
                                        "10.0.0.1", "0.0.0.0", "::2", "", "notlocalhost", "127.0.0.1%2eevil.org"})
        EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace cortex::net::test
