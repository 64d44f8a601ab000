// What goes wrong on the way: cut connections, silence, limits, refused requests. Each must end in the right error,
// once.

#include "still_clock.hpp"
#include "transport_support.hpp"

#include <semaphore>

namespace cortex::net::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A server that reads one request and then does `what`.
LoopbackServer::Script after_request(std::function<void(Connection&)> what) {
    return [what = std::move(what)](Connection& connection) {
        ServerRequest request;
        if (connection.next(request)) what(connection);
    };
}

std::string peer(const LoopbackServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

TEST(TransportFaults, names_a_refused_connection) {
    const std::uint16_t port = closed_port();
    const RecordingSink sink =
        Client().fetch(post("http://127.0.0.1:" + std::to_string(port) + "/v1?key=SECRET", "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_FALSE(sink.head);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("could not connect to 127.0.0.1:" + std::to_string(port)),
                                      HasSubstr("refused"), Not(HasSubstr("SECRET")), Not(HasSubstr("/v1"))));
}

TEST(TransportFaults, names_a_host_without_address) {
    const RecordingSink sink = Client().fetch(post("https://user:SECRET@no-such-host.invalid/", "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(),
                AllOf(HasSubstr("no-such-host.invalid:443"), Not(HasSubstr("SECRET")), Not(HasSubstr("user"))));
}

TEST(TransportFaults, reports_a_connection_closed_before_the_answer) {
    LoopbackServer server(after_request([](Connection&) {}));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(), HasSubstr(peer(server) + " was closed before an answer"));
}

TEST(TransportFaults, reports_a_connection_cut_inside_the_head) {
    LoopbackServer server(
        after_request([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\nContent-Le"); }));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    EXPECT_FALSE(sink.head);
    EXPECT_FALSE(sink.succeeded());
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
}

TEST(TransportFaults, reports_a_connection_cut_inside_the_body) {
    LoopbackServer server(after_request(
        [](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"); }));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    EXPECT_EQ(sink.body, "abc");
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(), HasSubstr("in the middle of the answer"));
}

TEST(TransportFaults, reports_a_connection_cut_inside_a_chunk_and_between_chunks) {
    for (const std::string_view rest : {"20\r\ndata: half", "6\r\ndata: \r\n"}) {
        LoopbackServer server(after_request([rest](Connection& connection) {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            connection.send(rest);
        }));
        const RecordingSink sink = Client().fetch(stream(server.url()));
        EXPECT_THAT(sink.body, HasSubstr("data: "));
        EXPECT_EQ(sink.error().code, ErrorCode::network);
        EXPECT_TRUE(sink.error().retryable);
    }
}

TEST(TransportFaults, reports_a_reset_connection) {
    LoopbackServer server(after_request([](Connection& connection) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        connection.reset();
    }));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::network);
    EXPECT_TRUE(sink.error().retryable);
}

TEST(TransportFaults, takes_a_body_without_length_up_to_the_end_of_the_connection) {
    LoopbackServer server(
        after_request([](Connection& connection) { connection.send("HTTP/1.1 200 OK\r\n\r\nall of it"); }));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, "all of it");
}

TEST(TransportFaults, calls_bytes_that_are_no_http_a_protocol_error) {
    for (const std::string_view bytes :
         {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n"}) {
        LoopbackServer server(after_request([bytes](Connection& connection) { connection.send(bytes); }));
        const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
        EXPECT_FALSE(sink.succeeded());
        EXPECT_TRUE(sink.error().code == ErrorCode::protocol || sink.error().code == ErrorCode::network)
            << sink.message();
    }
}

TEST(TransportFaults, calls_a_broken_gzip_body_a_protocol_error) {
    LoopbackServer server(after_request([](Connection& connection) {
        connection.answer(200, "this is not gzip at all", "Content-Encoding: gzip\r\n");
    }));
    const RecordingSink sink = Client().fetch(post(server.url(), "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::protocol) << sink.message();
}

TEST(TransportFaults, ends_at_the_total_deadline_while_the_server_hangs) {
    Signal closed;
    LoopbackServer server(after_request([&](Connection& connection) {
        connection.wait_for_close();
        closed.set();
    }));
    HttpRequest request = post(server.url("/?key=SECRET"), "{}");
    request.deadlines = {.connect = milliseconds(5000), .idle_gap = milliseconds(1), .total = milliseconds(50)};
    const RecordingSink sink = Client().fetch(request);
    EXPECT_EQ(sink.error().code, ErrorCode::timeout);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("total deadline"), HasSubstr("50 ms"), HasSubstr(peer(server)),
                                      Not(HasSubstr("SECRET"))));
    closed.wait();
}

TEST(TransportFaults, ends_a_silent_stream_at_the_idle_gap) {
    Signal closed;
    LoopbackServer server(after_request([&](Connection& connection) {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.chunk(": hello\n\n");
        connection.wait_for_close();
        closed.set();
    }));
    HttpRequest request = stream(server.url());
    request.deadlines.idle_gap = milliseconds(40);
    const RecordingSink sink = Client().fetch(request);
    EXPECT_EQ(sink.body, ": hello\n\n");
    EXPECT_EQ(sink.error().code, ErrorCode::timeout);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("idle-gap deadline"), HasSubstr("40 ms"), HasSubstr(peer(server))));
    closed.wait();
}

TEST(TransportFaults, ends_a_stream_without_any_answer_at_the_idle_gap) {
    LoopbackServer server(after_request([](Connection& connection) { connection.wait_for_close(); }));
    HttpRequest request = stream(server.url());
    request.deadlines.idle_gap = milliseconds(40);
    const RecordingSink sink = Client().fetch(request);
    EXPECT_EQ(sink.error().code, ErrorCode::timeout);
    EXPECT_THAT(sink.message(), HasSubstr("idle-gap deadline"));
}

TEST(TransportFaults, measures_the_idle_gap_from_the_last_byte) {
    std::counting_semaphore<> drip(0);
    LoopbackServer server(after_request([&](Connection& connection) {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 10; ++i) {
            drip.acquire();
            connection.chunk(":");
        }
        connection.wait_for_close();
    }));
    StillClock clock;
    const auto reactor = Reactor::create(clock).value();
    CurlTransport transport(*reactor);
    RecordingSink sink;
    HttpRequest request = stream(server.url());
    request.deadlines = {.connect = milliseconds(0), .idle_gap = milliseconds(100'000), .total = milliseconds(0)};
    transport.send(request, sink);
    for (std::size_t i = 1; i <= 10; ++i) {
        drip.release();
        while (sink.body.size() < i) reactor->run_once(milliseconds(20));
        clock.at += milliseconds(99'999);
        reactor->run_once(milliseconds(0));
        ASSERT_FALSE(sink.ended()) << sink.message();
    }
    clock.at += milliseconds(1);
    while (!sink.ended()) reactor->run_once(milliseconds(20));
    EXPECT_EQ(sink.error().code, ErrorCode::timeout);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("idle-gap deadline"), HasSubstr("for 100 s")));
}

TEST(TransportFaults, has_no_idle_gap_for_an_answer_that_is_no_stream) {
    Signal go_on;
    LoopbackServer server(after_request([&](Connection& connection) {
        go_on.wait();
        connection.answer(200, "late");
        connection.wait_for_close();
    }));
    StillClock clock;
    const auto reactor = Reactor::create(clock).value();
    CurlTransport transport(*reactor);
    RecordingSink sink;
    HttpRequest request = post(server.url(), "{}");
    request.deadlines = {.connect = milliseconds(0), .idle_gap = milliseconds(10), .total = milliseconds(100'000)};
    transport.send(request, sink);
    reactor->run_once(milliseconds(0));
    clock.at += milliseconds(99'999);
    reactor->run_once(milliseconds(0));
    EXPECT_FALSE(sink.ended());
    go_on.set();
    while (!sink.ended()) reactor->run_once(milliseconds(20));
    EXPECT_TRUE(sink.succeeded()) << sink.message();
}

TEST(TransportFaults, ends_at_the_connect_deadline) {
    // TLS is part of connecting, and this server never answers the handshake.
    LoopbackServer silent([](Connection& connection) { connection.wait_for_close(); });
    HttpRequest request = post("https://127.0.0.1:" + std::to_string(silent.port()) + "/", "{}");
    request.deadlines.connect = milliseconds(50);
    const RecordingSink sink = Client().fetch(request);
    EXPECT_EQ(sink.error().code, ErrorCode::timeout);
    EXPECT_TRUE(sink.error().retryable);
    EXPECT_THAT(sink.message(), AllOf(HasSubstr("connect deadline"), HasSubstr("50 ms")));
}

TEST(TransportFaults, gives_up_a_body_over_the_limit) {
    LoopbackServer server(after_request([](Connection& connection) {
        connection.answer(200, std::string(300'000, 'x'));
        connection.wait_for_close();
    }));
    const Client client({.max_body_bytes = 100'000});
    const RecordingSink sink = client.fetch(post(server.url(), "{}"));
    EXPECT_EQ(sink.error().code, ErrorCode::protocol);
    EXPECT_LE(sink.body.size(), 100'000U);
    EXPECT_THAT(sink.message(), HasSubstr("100000 bytes"));
}

TEST(TransportFaults, bounds_the_unpacked_size_of_a_body_and_not_of_a_stream) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest&) { return std::string(300'000, 'x'); }));
    const Client client({.max_body_bytes = 100'000});
    EXPECT_TRUE(client.fetch(stream(server.url())).succeeded());
    EXPECT_FALSE(client.fetch(post(server.url(), "{}")).succeeded());
}

TEST(TransportFaults, gives_up_endless_headers) {
    LoopbackServer server(after_request([](Connection& connection) {
        connection.send("HTTP/1.1 200 OK\r\n");
        while (connection.send("X-More: " + std::string(1000, 'h') + "\r\n")) {
        }
    }));
    const Client client({.max_header_bytes = 20'000});
    const RecordingSink sink = client.fetch(post(server.url(), "{}"));
    EXPECT_FALSE(sink.head);
    EXPECT_EQ(sink.error().code, ErrorCode::protocol);
    EXPECT_FALSE(sink.error().retryable);
    EXPECT_THAT(sink.message(), HasSubstr("20000 bytes of headers"));
}

TEST(TransportFaults, refuses_plain_http_to_other_machines_unless_allowed) {
    const RecordingSink refused = Client().fetch(post("http://192.0.2.1/", "{}"));
    EXPECT_EQ(refused.error().code, ErrorCode::config);
    EXPECT_FALSE(refused.error().retryable);
    EXPECT_THAT(refused.message(), AllOf(HasSubstr("plain http"), HasSubstr("192.0.2.1:80"), HasSubstr("https")));

    HttpRequest allowed = post("http://192.0.2.1/", "{}");
    allowed.deadlines.total = milliseconds(30);
    EXPECT_NE(Client({.allow_plain_http = true}).fetch(allowed).error().code, ErrorCode::config);
    allowed.use_proxy = false;  // a metadata service
    EXPECT_NE(Client().fetch(allowed).error().code, ErrorCode::config);
}

TEST(TransportFaults, refuses_requests_that_cannot_be_sent) {
    const Client client;
    for (const std::string_view url : {"", "localhost", "ftp://localhost/", "file:///etc/passwd", "http://"})
        EXPECT_EQ(client.fetch(get(std::string(url))).error().code, ErrorCode::config) << url;
}

TEST(TransportFaults, refuses_a_header_with_a_line_break) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest&) { return "x"; }));
    const Client client;
    for (const HttpHeader& bad :
         {HttpHeader{"authorization", "Bearer SECRET\r\nX-Evil: 1"}, HttpHeader{"a\nb", "c"}, HttpHeader{"", "c"},
          HttpHeader{"a", std::string("b\0c", 3)}, HttpHeader{"a:b", "c"}}) {
        HttpRequest request = get(server.url());
        request.headers.push_back(bad);
        const RecordingSink sink = client.fetch(request);
        EXPECT_EQ(sink.error().code, ErrorCode::config);
        EXPECT_THAT(sink.message(), Not(HasSubstr("SECRET")));
    }
    EXPECT_EQ(server.connections(), 0);
    EXPECT_TRUE(client.fetch(get(server.url())).succeeded());
}

TEST(TransportFaults, serves_the_next_request_after_each_kind_of_failure) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            if (request.body == "cut") return;
            if (request.body == "hang") {
                connection.wait_for_close();
                return;
            }
            connection.answer(200, "fine");
        }
    });
    const Client client;
    for (const std::string body : {"cut", "hang", "cut", "ok"}) {
        HttpRequest request = post(server.url(), body);
        request.deadlines.total = milliseconds(body == "hang" ? 30 : 60'000);
        EXPECT_EQ(client.fetch(request).succeeded(), body == "ok");
        EXPECT_EQ(client.fetch(post(server.url(), "")).body, "fine");
    }
    EXPECT_EQ(client.transport->active(), 0U);
}

}  // namespace
}  // namespace cortex::net::test
