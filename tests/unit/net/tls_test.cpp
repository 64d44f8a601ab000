#include "tls_support.hpp"
#include "transport_support.hpp"

#include <openssl/ssl.h>

namespace cortex::net::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string https(const LoopbackServer& server, std::string_view host = "localhost") {
    return "https://" + std::string(host) + ":" + std::to_string(server.port()) + "/v1?key=SECRET";
}

struct Tls : testing::Test {
    TestAuthority authority;
    LoopbackServer server{LoopbackServer::answering([](const ServerRequest& request) { return "got " + request.body; }),
                          authority.tls_server("localhost")};
};

TEST_F(Tls, trusts_the_authority_in_ssl_cert_file) {
    const Client client({.env = env_of({{"SSL_CERT_FILE", authority.file()}})});
    for (int i = 0; i < 3; ++i) {
        const RecordingSink sink = client.fetch(post(https(server), "it"));
        ASSERT_TRUE(sink.succeeded()) << sink.message();
        EXPECT_EQ(sink.body, "got it");
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Tls, trusts_the_authority_in_ssl_cert_dir) {
    const Client client({.env = env_of({{"SSL_CERT_DIR", authority.directory()}})});
    const RecordingSink sink = client.fetch(post(https(server), "it"));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
}

TEST_F(Tls, refuses_an_unknown_authority) {
    const RecordingSink sink = Client().fetch(post(https(server), "it"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_FALSE(sink.error().retryable);
    EXPECT_FALSE(sink.head);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("certificate"), HasSubstr("localhost:" + std::to_string(server.port())),
                                      HasSubstr("SSL_CERT_FILE"), Not(HasSubstr("SECRET"))));
}

TEST_F(Tls, replaces_the_trusted_authorities_by_ssl_cert_file) {
    const TestAuthority other;
    const Client client({.env = env_of({{"SSL_CERT_FILE", other.file()}})});
    EXPECT_FALSE(client.fetch(post(https(server), "it")).succeeded());
}

TEST_F(Tls, refuses_a_certificate_for_another_name) {
    const Client client({.env = env_of({{"SSL_CERT_FILE", authority.file()}})});
    const RecordingSink sink = client.fetch(post(https(server, "127.0.0.1"), "it"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_FALSE(sink.error().retryable);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("certificate"), HasSubstr("127.0.0.1")));
}

TEST_F(Tls, refuses_versions_before_1_2) {
    LoopbackServer old(LoopbackServer::answering([](const ServerRequest&) { return "x"; }),
                       authority.tls_server("localhost", TLS1_1_VERSION));
    LoopbackServer good(LoopbackServer::answering([](const ServerRequest&) { return "x"; }),
                        authority.tls_server("localhost", TLS1_2_VERSION));
    const Client client({.env = env_of({{"SSL_CERT_FILE", authority.file()}})});
    const RecordingSink sink = client.fetch(post(https(old), "it"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_THAT(sink.message(), HasSubstr("TLS"));
    EXPECT_TRUE(client.fetch(post(https(good), "it")).succeeded());
}

TEST_F(Tls, explains_an_unreadable_ssl_cert_file) {
    const Client client({.env = env_of({{"SSL_CERT_FILE", authority.directory() + "/missing.pem"}})});
    const RecordingSink sink = client.fetch(post(https(server), "it"));
    EXPECT_EQ(sink.error().code, ErrorCode::config);
    EXPECT_THAT(sink.message(), HasSubstr("SSL_CERT_FILE"));
}

TEST_F(Tls, reports_a_server_that_speaks_no_tls) {
    LoopbackServer plain([](Connection& connection) {
        connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        connection.wait_for_close();
    });
    const RecordingSink sink = Client().fetch(post(https(plain), "it"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_THAT(sink.message(), HasSubstr("TLS"));
}

}  // namespace
}  // namespace cortex::net::test
