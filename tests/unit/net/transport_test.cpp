#include "transport_support.hpp"

#include <cstdint>

namespace cortex::net::test {
namespace {

using std::chrono::milliseconds;

/// gzip by hand (RFC 1952, with the stored blocks of RFC 1951), so that each piece can be sent and unpacked on its own.
class Gzip {
public:
    static std::string header() { return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10); }
    std::string block(std::string_view text, bool last) {
        for (const char c : text) {
            crc_ ^= static_cast<unsigned char>(c);
            for (int bit = 0; bit < 8; ++bit) crc_ = (crc_ >> 1U) ^ ((crc_ & 1U) != 0 ? 0xEDB88320U : 0U);
        }
        size_ += static_cast<std::uint32_t>(text.size());
        const auto length = static_cast<std::uint32_t>(text.size());
        std::string out(1, last ? '\1' : '\0');
        out += little_endian(length, 2) + little_endian(~length, 2) + std::string(text);
        if (last) out += little_endian(~crc_, 4) + little_endian(size_, 4);
        return out;
    }

private:
    static std::string little_endian(std::uint32_t number, int bytes) {
        std::string out;
        for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
        return out;
    }
    std::uint32_t crc_ = 0xFFFFFFFFU;
    std::uint32_t size_ = 0;
};

TEST(Transport, posts_a_body_and_reads_head_and_answer) {
    ServerRequest seen;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            seen = request;
            connection.answer(201, "made", "X-Request-Id:  abc \r\nContent-Type: Text/Plain; charset=utf-8\r\n");
        }
    });
    const Client client;
    HttpRequest request = post(server.url("/v1/messages?key=1"), "{\"a\":1}");
    request.headers.push_back({"x-api-key", "k"});
    request.headers.push_back({"x-empty", ""});
    const WallTime before = client.clock.wall();
    const RecordingSink sink = client.fetch(request);
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.head->status, 201);
    EXPECT_EQ(sink.head->header("x-request-id"), "abc");
    EXPECT_EQ(sink.head->content_type(), "text/plain");
    EXPECT_GE(sink.head->received_at, before);
    EXPECT_EQ(sink.body, "made");
    EXPECT_EQ(seen.line, "POST /v1/messages?key=1 HTTP/1.1");
    EXPECT_EQ(seen.body, "{\"a\":1}");
    EXPECT_EQ(seen.header("x-api-key"), "k");
    EXPECT_NE(seen.head.find("x-empty:"), std::string::npos);
    EXPECT_EQ(seen.header("content-type"), "application/json");
    EXPECT_EQ(seen.header("accept-encoding"), "gzip");
}

TEST(Transport, adds_no_header_of_its_own_but_host_length_and_encoding) {
    std::string head;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            head = request.head;
            connection.answer(200, "");
        }
    });
    const Client client({.gzip = false});
    HttpRequest request{.url = server.url("/"), .body = std::make_shared<const std::string>(200'000, 'x')};
    ASSERT_TRUE(client.fetch(request).succeeded());
    EXPECT_EQ(head, "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\nContent-Length: 200000\r\n");
    ASSERT_TRUE(client.fetch(get(server.url("/"))).succeeded());
    EXPECT_EQ(head, "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n");
}

TEST(Transport, reuses_one_connection_for_requests_in_a_row) {
    LoopbackServer server(
        LoopbackServer::answering([](const ServerRequest& request) { return request.line + request.body; }));
    const Client client;
    for (int i = 0; i < 20; ++i) {
        const std::string body = std::to_string(i);
        const RecordingSink sink =
            i % 3 == 0 ? client.fetch(get(server.url("/g"))) : client.fetch(post(server.url("/p"), body));
        ASSERT_TRUE(sink.succeeded()) << sink.message();
        EXPECT_EQ(sink.body, i % 3 == 0 ? "GET /g HTTP/1.1" : "POST /p HTTP/1.1" + body);
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(Transport, sends_each_requests_own_headers_over_a_reused_handle) {
    LoopbackServer server(
        LoopbackServer::answering([](const ServerRequest& request) { return request.header("x-n"); }));
    const Client client;
    for (const std::string value : {"1", "1", "2", "1"}) {
        HttpRequest request = get(server.url());
        request.headers.push_back({"x-n", value});
        EXPECT_EQ(client.fetch(request).body, value);
    }
    EXPECT_EQ(client.fetch(get(server.url())).body, "");
}

TEST(Transport, replaces_a_kept_connection_that_the_server_closed) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        if (connection.next(request)) connection.answer(200, std::to_string(connection.number()));
    });
    const Client client;
    EXPECT_EQ(client.fetch(get(server.url())).body, "1");
    EXPECT_EQ(client.fetch(get(server.url())).body, "2");
    EXPECT_EQ(client.fetch(post(server.url(), "x")).body, "3");
}

TEST(Transport, carries_100_requests_at_once) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest& request) { return request.body; }));
    const Client client;
    std::vector<RecordingSink> sinks(100);
    for (std::size_t i = 0; i < sinks.size(); ++i)
        client.send(post(server.url(), "body " + std::to_string(i)), sinks[i]);
    EXPECT_EQ(client.transport->active(), 100U);
    client.run_until([&] { return client.transport->active() == 0; });
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        EXPECT_TRUE(sinks[i].succeeded()) << sinks[i].message();
        EXPECT_EQ(sinks[i].body, "body " + std::to_string(i));
    }
}

TEST(Transport, delivers_a_stream_piece_by_piece) {
    Signal go_on;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.chunk("data: a\n\n");
        go_on.wait();
        connection.chunk("data: b\n\n");
        connection.chunk("");
        connection.wait_for_close();
    });
    const Client client;
    RecordingSink sink;
    client.send(stream(server.url()), sink);
    client.run_until([&] { return !sink.body.empty(); });
    EXPECT_EQ(sink.body, "data: a\n\n");
    EXPECT_FALSE(sink.ended());
    go_on.set();
    client.run_until([&] { return sink.ended(); });
    EXPECT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, "data: a\n\ndata: b\n\n");
}

TEST(Transport, passes_interim_answers_and_trailers_over) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            connection.send(
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: "
                "chunked\r\n\r\n");
            connection.chunk("hello");
            connection.send("0\r\nX-Trailer: t\r\n\r\n");
        }
    });
    const Client client;
    const RecordingSink sink = client.fetch(get(server.url()));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.head->status, 200);
    EXPECT_FALSE(sink.head->header("link"));
    EXPECT_EQ(sink.head->header("a"), "b");
    EXPECT_EQ(sink.body, "hello");
}

TEST(Transport, unpacks_a_whole_gzip_body) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request))
            connection.answer(200, Gzip::header() + Gzip().block(std::string(60'000, 'z'), true),
                              "Content-Encoding: gzip\r\n");
    });
    const RecordingSink sink = Client().fetch(get(server.url()));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, std::string(60'000, 'z'));
}

TEST(Transport, unpacks_a_gzip_stream_as_it_arrives) {
    Signal go_on;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
        Gzip packer;
        connection.chunk(Gzip::header() + packer.block("data: a\n\n", false));
        go_on.wait();
        connection.chunk(packer.block("data: b\n\n", true));
        connection.chunk("");
        connection.wait_for_close();
    });
    const Client client;
    RecordingSink sink;
    client.send(stream(server.url()), sink);
    client.run_until([&] { return !sink.body.empty(); });
    EXPECT_EQ(sink.body, "data: a\n\n");
    go_on.set();
    client.run_until([&] { return sink.ended(); });
    EXPECT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.body, "data: a\n\ndata: b\n\n");
}

TEST(Transport, does_not_follow_redirects) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) connection.answer(307, "", "Location: http://127.0.0.1:1/elsewhere\r\n");
    });
    const RecordingSink sink = Client().fetch(post(server.url(), "secret"));
    ASSERT_TRUE(sink.succeeded()) << sink.message();
    EXPECT_EQ(sink.head->status, 307);
}

TEST(Transport, closes_the_connection_when_a_stream_is_cancelled) {
    Signal closed;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.chunk("data: a\n\n");
        connection.wait_for_close();
        closed.set();
    });
    const Client client;
    RecordingSink sink;
    const TransferId id = client.send(stream(server.url()), sink);
    client.run_until([&] { return !sink.body.empty(); });
    client.transport->cancel(id);
    EXPECT_EQ(client.transport->active(), 0U);
    closed.wait();
    client.reactor->run_once(milliseconds(0));
    EXPECT_FALSE(sink.ended());
    client.transport->cancel(id);
}

TEST(Transport, lets_a_sink_cancel_itself_and_another_from_inside_its_callbacks) {
    std::atomic<int> closed = 0;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        if (!connection.next(request)) return;
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.chunk("data: a\n\n");
        connection.wait_for_close();
        ++closed;
    });
    const Client client;
    RecordingSink other;
    auto first = std::make_unique<RecordingSink>();
    const TransferId other_id = client.send(stream(server.url()), other);
    client.run_until([&] { return !other.body.empty(); });
    TransferId first_id = 0;
    bool reached = false;
    first->at_data = [&] {
        client.transport->cancel(other_id);
        client.transport->cancel(first_id);
        client.transport->cancel(first_id);
        reached = true;
    };
    first_id = client.send(stream(server.url()), *first);
    client.run_until([&] { return reached; });
    first.reset();  // after cancel the sink may go
    client.run_until([&] { return closed == 2; });
    EXPECT_EQ(client.transport->active(), 0U);
    EXPECT_FALSE(other.ended());
}

TEST(Transport, lets_a_sink_send_from_inside_every_callback) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest& request) { return request.body; }));
    const Client client;
    RecordingSink outer;
    std::vector<RecordingSink> inner(3);
    outer.at_head = [&] { client.send(post(server.url(), "head"), inner[0]); };
    outer.at_data = [&] { client.send(post(server.url(), "data"), inner[1]); };
    outer.at_end = [&] { client.send(post(server.url(), "end"), inner[2]); };
    client.send(post(server.url(), "outer"), outer);
    client.run_until([&] { return inner[0].ended() && inner[1].ended() && inner[2].ended(); });
    EXPECT_EQ(inner[0].body + inner[1].body + inner[2].body, "headdataend");
}

TEST(Transport, lets_a_transfer_that_was_sent_inside_a_callback_be_cancelled_there) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest& request) { return request.body; }));
    const Client client;
    RecordingSink outer;
    RecordingSink inner;
    outer.at_head = [&] { client.transport->cancel(client.send(post(server.url(), "inner"), inner)); };
    client.send(post(server.url(), "outer"), outer);
    client.run_until([&] { return outer.ended(); });
    EXPECT_TRUE(outer.succeeded()) << outer.message();
    EXPECT_EQ(client.transport->active(), 0U);
    EXPECT_FALSE(inner.ended());
}

TEST(Transport, lets_a_sink_destroy_itself_at_the_end) {
    struct OneShot final : HttpSink {
        explicit OneShot(bool& flag) : ended(flag) {}
        void on_head(HttpHead) override {}
        void on_data(std::string_view) override {}
        void on_end(Result<void>) override {
            ended = true;
            delete this;
        }
        bool& ended;
    };
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest&) { return "x"; }));
    const Client client;
    bool ended = false;
    client.transport->send(get(server.url()), *new OneShot(ended));  // NOLINT: owns itself
    client.run_until([&] { return ended; });
}

TEST(Transport, never_calls_the_sink_before_send_returns) {
    const Client client;
    RecordingSink sink;
    bool returned = false;
    sink.at_end = [&] { EXPECT_TRUE(returned); };
    client.send(get("no url at all"), sink);
    returned = true;
    client.run_until([&] { return sink.ended(); });
    EXPECT_EQ(sink.error().code, ErrorCode::config);
}

TEST(Transport, may_be_destroyed_with_transfers_under_way) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        if (connection.next(request)) connection.wait_for_close();
    });
    Client client;
    RecordingSink sink;
    RecordingSink refused;
    client.send(stream(server.url()), sink);
    client.send(get("no url"), refused);
    client.transport.reset();
    client.reactor->run_once(milliseconds(0));
    EXPECT_FALSE(sink.ended());
    EXPECT_FALSE(refused.ended());
}

}  // namespace
}  // namespace cortex::net::test
