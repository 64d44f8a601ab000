// Requests through a proxy: the tunnel for https, the forward proxy for http, its login, and the ways around it.

#include "tls_support.hpp"
#include "transport_support.hpp"

namespace cortex::net::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A proxy that forwards http itself (answering in the server's place) and tunnels CONNECT to `target`.
struct TestProxy {
    explicit TestProxy(std::uint16_t target, std::string wanted_login = {})
        : server([this, target, login = std::move(wanted_login)](Connection& connection) {
              ServerRequest request;
              while (connection.next(request)) {
                  {
                      const std::lock_guard lock(mutex);
                      requests.push_back(request);
                  }
                  if (!login.empty() && request.header("proxy-authorization") != login) {
                      connection.answer(407, "no", "Proxy-Authenticate: Basic realm=\"x\"\r\n");
                      continue;
                  }
                  if (request.line.starts_with("CONNECT ")) {
                      connection.send("HTTP/1.1 200 Connection established\r\nX-From-Proxy: yes\r\n\r\n");
                      connection.tunnel_to(target);
                      return;
                  }
                  connection.answer(200, "by proxy: " + request.line);
              }
          }) {}
    std::string url(std::string_view login = {}) const {
        return "http://" + std::string(login) + "127.0.0.1:" + std::to_string(server.port());
    }
    std::vector<ServerRequest> seen() {
        const std::lock_guard lock(mutex);
        return requests;
    }
    std::mutex mutex;
    std::vector<ServerRequest> requests;
    LoopbackServer server;
};

// base64 of "user:secret-word"
constexpr std::string_view login_header = "Basic dXNlcjpzZWNyZXQtd29yZA==";

TEST(TransportProxy, forwards_plain_http) {
    TestProxy proxy(0);
    const Client client({.env = env_of({{"HTTP_PROXY", proxy.url()}})});
    const RecordingSink sink = client.fetch(get("http://127.0.0.1:9/path"));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, "by proxy: GET http://127.0.0.1:9/path HTTP/1.1");
}

TEST(TransportProxy, tunnels_https_and_shows_it_neither_headers_nor_certificate) {
    const TestAuthority authority;
    LoopbackServer server(
        LoopbackServer::answering([](const ServerRequest& request) { return request.header("authorization"); }),
        authority.tls_server("localhost"));
    TestProxy proxy(server.port());
    const Client client({.env = env_of({{"https_proxy", proxy.url()}, {"SSL_CERT_FILE", authority.file()}})});
    HttpRequest request = post("https://localhost:" + std::to_string(server.port()) + "/", "{}");
    request.headers.push_back({"authorization", "Bearer token-of-the-api"});
    const RecordingSink sink = client.fetch(request);
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, "Bearer token-of-the-api");
    EXPECT_FALSE(sink.head->header("x-from-proxy"));
    ASSERT_EQ(proxy.seen().size(), 1U);
    EXPECT_EQ(proxy.seen()[0].line, "CONNECT localhost:" + std::to_string(server.port()) + " HTTP/1.1");
    EXPECT_THAT(proxy.seen()[0].head, Not(HasSubstr("token-of-the-api")));
}

TEST(TransportProxy, sends_the_login_to_the_proxy_only) {
    const TestAuthority authority;
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest& request) { return request.head; }),
                          authority.tls_server("localhost"));
    TestProxy proxy(server.port(), std::string(login_header));
    const Client client(
        {.env = env_of({{"HTTPS_PROXY", proxy.url("user:secret-word@")}, {"SSL_CERT_FILE", authority.file()}})});
    const RecordingSink sink = client.fetch(post("https://localhost:" + std::to_string(server.port()) + "/", "{}"));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_THAT(sink.body, AllOf(Not(HasSubstr("dXNlcj")), Not(HasSubstr("roxy"))));
    EXPECT_EQ(proxy.seen().front().header("proxy-authorization"), login_header);
}

TEST(TransportProxy, says_407_when_the_login_is_missing_or_wrong) {
    TestProxy proxy(0, std::string(login_header));
    const Client client({.env = env_of({{"ALL_PROXY", proxy.url("user:wrong-word@")}})});
    for (const std::string url : {"https://api.example.com/v1?key=SECRET", "http://127.0.0.1:9/v1?key=SECRET"}) {
        const RecordingSink sink = client.fetch(post(url, "{}"));
        EXPECT_EQ(sink.error().code, ErrorCode::network) << url;
        EXPECT_FALSE(sink.error().retryable);
        EXPECT_FALSE(sink.head);
        EXPECT_THAT(sink.message(), AllOf(HasSubstr("proxy 127.0.0.1:" + std::to_string(proxy.server.port())),
                                          HasSubstr("407"), Not(HasSubstr("wrong-word")), Not(HasSubstr("SECRET"))));
    }
}

TEST(TransportProxy, names_a_proxy_that_cannot_be_reached_without_its_login) {
    const std::string port = std::to_string(closed_port());
    const Client client({.env = env_of({{"HTTPS_PROXY", "http://user:secret-word@127.0.0.1:" + port}})});
    const RecordingSink sink = client.fetch(post("https://api.example.com/", "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(),
                AllOf(HasSubstr("proxy 127.0.0.1:" + port), Not(HasSubstr("secret-word")), Not(HasSubstr("user"))));
}

TEST(TransportProxy, reports_a_proxy_that_cannot_reach_the_server) {
    LoopbackServer proxy([](Connection& connection) {
        ServerRequest request;
        if (connection.next(request)) connection.answer(502, "bad gateway");
    });
    const Client client({.env = env_of({{"HTTPS_PROXY", proxy.url("")}})});
    const RecordingSink sink = client.fetch(post("https://api.example.com/", "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("proxy"), HasSubstr("502"), HasSubstr("api.example.com:443")));
}

TEST(TransportProxy, goes_around_it_for_no_proxy_and_for_metadata_requests) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest&) { return "direct"; }));
    TestProxy proxy(0);
    const Client excluded({.env = env_of({{"HTTP_PROXY", proxy.url()}, {"NO_PROXY", "example.com,127.0.0.1"}})});
    EXPECT_EQ(excluded.fetch(get(server.url())).body, "direct");
    const Client client({.env = env_of({{"HTTP_PROXY", proxy.url()}})});
    HttpRequest metadata = get(server.url());
    metadata.use_proxy = false;
    EXPECT_EQ(client.fetch(metadata).body, "direct");
    EXPECT_TRUE(proxy.seen().empty());
    EXPECT_THAT(client.fetch(get(server.url())).body, HasSubstr("by proxy"));
}

TEST(TransportProxy, ignores_the_environment_of_the_process) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest&) { return "direct"; }));
    TestProxy proxy(0);
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) setenv(name, proxy.url().c_str(), 1);
    const RecordingSink sink = Client().fetch(get(server.url()));
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
    EXPECT_EQ(sink.body, "direct");
}

TEST(TransportProxy, refuses_a_proxy_that_is_no_url_without_showing_it) {
    const Client client({.env = env_of({{"HTTPS_PROXY", "http://user:secret-word@bad host"}})});
    const RecordingSink sink = client.fetch(post("https://api.example.com/", "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::config);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("HTTPS_PROXY"), Not(HasSubstr("secret-word"))));
}

}  // namespace
}  // namespace cortex::net::test
