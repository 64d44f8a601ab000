#include "tools/http_fetch.hpp"

#include "../net/loopback_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <thread>

namespace cortex::cli {
namespace {

using net::test::closed_port;
using net::test::Connection;
using net::test::LoopbackServer;
using net::test::ServerRequest;
using net::test::Signal;

FetchAnswer get(const std::string& url, bool allow_loopback = true) {
    return http_fetch(url, {.allow_loopback = allow_loopback}, std::stop_token());
}

/// Answers every request with this head's rest and body.
LoopbackServer::Script giving(std::string head, std::string body) {
    return [head = std::move(head), body = std::move(body)](Connection& connection) {
        ServerRequest request;
        while (connection.next(request))
            connection.send("HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                            body);
    };
}

LoopbackServer::Script redirecting_to(std::string target, int status = 302) {
    return giving(std::to_string(status) + " Found\r\nContent-Type: text/html\r\nLocation: " + target, "<a>moved</a>");
}

TEST(HttpFetch, text_is_fetched_without_credentials_or_cookies) {
    ServerRequest seen;
    LoopbackServer server([&seen](Connection& connection) {
        if (!connection.next(seen)) return;
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    });
    const FetchAnswer answer = get(server.url("/page?q=1#part"));
    EXPECT_TRUE(answer.ok);
    EXPECT_EQ(answer.text, "HTTP 200, text/plain, " + server.url("/page?q=1") + "\n\nhello");
    EXPECT_EQ(seen.line, "GET /page?q=1 HTTP/1.1");
    EXPECT_EQ(seen.header("authorization"), "");
    EXPECT_EQ(seen.header("cookie"), "");
    EXPECT_TRUE(seen.header("user-agent").starts_with("cortex/"));
}

class ForbiddenUrl : public testing::TestWithParam<const char*> {};
TEST_P(ForbiddenUrl, is_never_connected_to) {
    const FetchAnswer answer = get(GetParam(), false);
    EXPECT_FALSE(answer.ok);
    EXPECT_NE(answer.text.find("only addresses of the public internet are asked"), std::string::npos) << answer.text;
}
// Each spelling that a URL parser or a resolver takes for such an address.
INSTANTIATE_TEST_SUITE_P(
    addresses, ForbiddenUrl,
    testing::Values("http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0x7f.1/", "http://0177.0.0.1/",
                    "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://0/", "http://0.0.0.0/",
                    "http://000.000.000.000/", "http://localhost/", "http://LOCALHOST:8080/", "http://10.0.0.1/",
                    "http://172.16.0.1/", "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/",
                    "http://2852039166/", "http://0xa9fea9fe/", "http://100.100.100.200/", "http://168.63.129.16/",
                    "http://224.0.0.1/", "http://255.255.255.255/", "http://[::]/", "http://[::1]/",
                    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/",
                    "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[fd00:ec2::254]/",
                    "http://[fe80::1]/", "http://[ff02::1]/", "http://[2002:7f00:1::]/", "https://127.0.0.1/",
                    "https://[::1]:8443/"));

class WrongUrl : public testing::TestWithParam<const char*> {};
TEST_P(WrongUrl, is_refused_before_any_name_is_looked_up) {
    const FetchAnswer answer = get(GetParam(), false);
    EXPECT_FALSE(answer.ok);
    EXPECT_NE(answer.text.find("was not fetched: it "), std::string::npos) << answer.text;
}
INSTANTIATE_TEST_SUITE_P(all, WrongUrl,
                         testing::Values("", "example.com", "/etc/passwd", "http://", "http:// example.com/",
                                         "http://example.com/\r\nHost: x", "http://user@example.com/",
                                         "http://user:pass@example.com/", "http://[fe80::1%25eth0]/",
                                         "http://example.com:99999/"));

TEST(HttpFetch, only_http_and_https_are_spoken) {
    for (const char* url : {"file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:70/_x",
                            "dict://127.0.0.1:11211/stat", "data:text/plain,x", "ldap://example.com"})
        EXPECT_NE(get(url).text.find("only http and https are spoken"), std::string::npos) << get(url).text;
}

TEST(HttpFetch, ports_of_other_services_are_not_asked) {
    for (const char* url :
         {"http://example.com:25/", "http://example.com:22/", "https://example.com:993/", "http://example.com:0/"})
        EXPECT_NE(get(url, false).text.find("port "), std::string::npos) << get(url, false).text;
}

TEST(HttpFetch, a_name_that_leads_inside_is_refused_by_the_address_it_leads_to) {
    LoopbackServer server(giving("200 OK\r\nContent-Type: text/plain", "inside"));
    const std::string port = std::to_string(server.port());
    const FetchRules rules{.resolve = {"public.example:" + port + ":127.0.0.1"}};
    const FetchAnswer answer = http_fetch("http://public.example:" + port + "/", rules, std::stop_token());
    EXPECT_FALSE(answer.ok);
    EXPECT_NE(answer.text.find("a loopback address (127.0.0.0/8)"), std::string::npos) << answer.text;
    EXPECT_EQ(server.connections(), 0);
}

class RedirectTo : public testing::TestWithParam<const char*> {};
TEST_P(RedirectTo, the_inside_is_judged_anew) {
    LoopbackServer server(redirecting_to(GetParam()));
    const FetchAnswer answer = get(server.url());
    EXPECT_FALSE(answer.ok);
    EXPECT_NE(answer.text.find("was not fetched: "), std::string::npos) << answer.text;
    EXPECT_EQ(server.connections(), 1);
}
INSTANTIATE_TEST_SUITE_P(targets, RedirectTo,
                         testing::Values("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/",
                                         "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "file:///etc/passwd",
                                         "gopher://127.0.0.1/", "http://user:pass@127.0.0.1/", "//192.168.1.1/",
                                         "ftp://127.0.0.1/", "http://[64:ff9b::10.0.0.1]/"));

TEST(HttpFetch, five_redirects_are_followed_and_a_sixth_is_not) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            const int left = request.line[5] - '0';
            if (left == 0)
                connection.answer(200, "arrived", "Content-Type: text/plain\r\n");
            else
                connection.answer(302, "", "Location: /" + std::to_string(left - 1) + "\r\n");
        }
    });
    EXPECT_NE(get(server.url("/5")).text.find("arrived"), std::string::npos) << get(server.url("/5")).text;
    const FetchAnswer answer = get(server.url("/6"));
    EXPECT_FALSE(answer.ok);
    EXPECT_NE(answer.text.find("redirects more than 5 times"), std::string::npos) << answer.text;
}

TEST(HttpFetch, a_redirect_keeps_neither_cookies_nor_a_referer) {
    std::string heads;
    LoopbackServer server([&heads](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            heads += request.head;
            if (request.line.find("/second") == std::string::npos)
                connection.answer(302, "", "Set-Cookie: session=1\r\nLocation: /second\r\n");
            else
                connection.answer(200, "ok", "Content-Type: text/plain\r\n");
        }
    });
    EXPECT_TRUE(get(server.url("/first")).ok);
    EXPECT_EQ(heads.find("session=1"), std::string::npos);
    EXPECT_EQ(heads.find("Referer"), std::string::npos);
}

TEST(HttpFetch, the_environments_proxy_is_not_asked) {
    LoopbackServer proxy(giving("200 OK\r\nContent-Type: text/plain", "from the proxy"));
    const std::string port = std::to_string(closed_port());
    ::setenv("http_proxy", proxy.url().c_str(), 1);
    ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
    const FetchAnswer answer = get("http://127.0.0.1:" + port + "/");
    ::unsetenv("http_proxy");
    ::unsetenv("ALL_PROXY");
    EXPECT_NE(answer.text.find("nobody answers at its address"), std::string::npos) << answer.text;
    EXPECT_EQ(proxy.connections(), 0);
}

class ContentType : public testing::TestWithParam<std::pair<const char*, bool>> {};
TEST_P(ContentType, decides_whether_it_is_read) {
    LoopbackServer server(giving(std::string("200 OK") + GetParam().first, "{}"));
    EXPECT_EQ(get(server.url()).ok, GetParam().second) << get(server.url()).text;
}
INSTANTIATE_TEST_SUITE_P(all, ContentType,
                         testing::Values(std::pair("\r\nContent-Type: text/html; charset=utf-8", true),
                                         std::pair("\r\nContent-Type: application/json", true),
                                         std::pair("\r\nContent-Type: Application/LD+JSON;x=y", true),
                                         std::pair("\r\nContent-Type: application/octet-stream", false),
                                         std::pair("\r\nContent-Type: image/png", false),
                                         std::pair("\r\nContent-Type: application/pdf", false), std::pair("", false)));

TEST(HttpFetch, bytes_that_only_pretend_to_be_text_are_not_shown) {
    LoopbackServer server(giving("200 OK\r\nContent-Type: text/plain", std::string("\0\1\2", 3)));
    EXPECT_NE(get(server.url()).text.find("no text"), std::string::npos);
}

TEST(HttpFetch, an_error_status_is_told_with_its_page) {
    LoopbackServer server(giving("404 Not Found\r\nContent-Type: text/plain", "no such page"));
    const FetchAnswer answer = get(server.url());
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.text, "HTTP 404, text/plain, " + server.url() + "\n\nno such page");
}

TEST(HttpFetch, a_long_answer_is_cut_and_says_so) {
    const std::string body(300'000, 'x');
    LoopbackServer server(giving("200 OK\r\nContent-Type: text/plain", body));
    const FetchAnswer answer = get(server.url());
    EXPECT_TRUE(answer.ok);
    EXPECT_TRUE(answer.text.ends_with("x\n[the first 90000 bytes of 300000]"))
        << answer.text.substr(answer.text.size() - 60);
}

TEST(HttpFetch, an_answer_without_end_is_cut_too) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (connection.chunk(std::string(10'000, 'y'))) {
        }
    });
    const FetchAnswer answer = get(server.url());
    EXPECT_TRUE(answer.text.ends_with("y\n[the first 90000 bytes; there is more]"))
        << answer.text.substr(answer.text.size() - 60);
}

TEST(HttpFetch, headers_without_end_are_given_up) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
        while (connection.send("X-Filler: " + std::string(1000, 'z') + "\r\n")) {
        }
    });
    EXPECT_FALSE(get(server.url()).ok);
}

TEST(HttpFetch, a_silent_server_is_left_when_the_time_is_over) {
    LoopbackServer server([](Connection& connection) { connection.wait_for_close(); });
    const FetchAnswer answer = http_fetch(
        server.url(), {.allow_loopback = true, .timeout = std::chrono::milliseconds(150)}, std::stop_token());
    EXPECT_NE(answer.text.find("it took too long"), std::string::npos) << answer.text;
}

TEST(HttpFetch, stop_ends_it_at_once) {
    Signal asked;
    LoopbackServer server([&asked](Connection& connection) {
        ServerRequest request;
        connection.next(request);
        asked.set();
        connection.wait_for_close();
    });
    std::stop_source source;
    FetchAnswer answer;
    std::thread fetching([&] {
        answer =
            http_fetch(server.url(), {.allow_loopback = true, .timeout = std::chrono::hours(1)}, source.get_token());
    });
    asked.wait();
    source.request_stop();
    fetching.join();
    EXPECT_NE(answer.text.find("it was stopped"), std::string::npos) << answer.text;
}

TEST(HttpFetch, a_closed_port_is_told) {
    const FetchAnswer answer = get("http://127.0.0.1:" + std::to_string(closed_port()) + "/");
    EXPECT_NE(answer.text.find("nobody answers at its address"), std::string::npos) << answer.text;
}

}  // namespace
}  // namespace cortex::cli
