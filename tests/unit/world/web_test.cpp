#include "world/web.hpp"

#include "unit/net/loopback_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace cortex::world {
namespace {

using net::test::Connection;
using net::test::LoopbackServer;
using net::test::ServerRequest;
using net::test::Signal;
using testing::HasSubstr;
using testing::Not;

const SystemClock real_clock;

Result<HttpAnswer> exchange(HttpRequest request, const std::stop_token& stop = {}, net::TransportOptions options = {}) {
    return CurlWeb(real_clock, std::move(options)).exchange(std::move(request), stop);
}

HttpRequest get(std::string url) { return {.method = HttpMethod::get, .url = std::move(url)}; }

TEST(WorldWeb, every_status_is_an_answer_with_its_headers_and_body) {
    LoopbackServer server([](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            const int status = std::stoi(request.line.substr(request.line.find('/') + 1));
            connection.answer(status, "body of " + std::to_string(status), "X-Mark: here\r\nLocation: /200\r\n");
        }
    });
    for (const int status : {200, 302, 404, 503}) {
        const auto got = exchange(get(server.url("/" + std::to_string(status))));
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(got->head.status, status);
        EXPECT_EQ(got->head.header("x-mark"), "here");
        EXPECT_EQ(got->body, "body of " + std::to_string(status));
    }
    EXPECT_EQ(server.connections(), 4) << "each exchange has its own connection, and a redirect is not followed";
}

TEST(WorldWeb, method_headers_and_body_arrive) {
    ServerRequest seen;
    LoopbackServer server([&](Connection& connection) {
        while (connection.next(seen)) connection.answer(200, "");
    });
    ASSERT_TRUE(exchange({.method = HttpMethod::put, .url = server.url("/latest/api/token"), .headers = {{"x-ttl", "21600"}}}));
    EXPECT_EQ(seen.line, "PUT /latest/api/token HTTP/1.1");
    EXPECT_EQ(seen.header("x-ttl"), "21600");
    EXPECT_EQ(seen.header("content-length"), "0");
    ASSERT_TRUE(exchange({.url = server.url("/"), .body = std::make_shared<const std::string>("text"), .streaming = true}));
    EXPECT_EQ(seen.body, "text");
}

TEST(WorldWeb, a_body_of_a_mebibyte_is_taken_and_one_byte_more_is_refused) {
    std::size_t size = std::size_t{1} << 20U;
    LoopbackServer server(LoopbackServer::answering([&](const ServerRequest&) { return std::string(size, 'x'); }));
    const auto whole = exchange(get(server.url()));
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->body.size(), size);
    ++size;
    const auto got = exchange({.method = HttpMethod::get, .url = server.url(), .streaming = true});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::protocol);
}

TEST(WorldWeb, failures_are_those_of_the_transport) {
    EXPECT_EQ(exchange(get("http://127.0.0.1:" + std::to_string(net::test::closed_port()) + "/")).error().code,
              ErrorCode::network);
    EXPECT_EQ(exchange(get("http://example.com/?key=private")).error().code, ErrorCode::config);
    EXPECT_EQ(exchange(get("no url")).error().code, ErrorCode::config);
    LoopbackServer silent([](Connection& connection) { connection.wait_for_close(); });
    HttpRequest request = get(silent.url());
    request.deadlines.total = std::chrono::milliseconds(50);
    EXPECT_EQ(exchange(std::move(request)).error().code, ErrorCode::timeout);
}

TEST(WorldWeb, a_stop_ends_the_wait_and_closes_the_connection) {
    Signal asked;
    Signal closed;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        connection.next(request);
        asked.set();
        connection.wait_for_close();
        closed.set();
    });
    std::stop_source stop;
    std::jthread stopper([&] {
        asked.wait();
        stop.request_stop();
    });
    const auto got = exchange(get(server.url("/?key=private")), stop.get_token());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::cancelled);
    EXPECT_THAT(got.error().message, HasSubstr("127.0.0.1:" + std::to_string(server.port())));
    EXPECT_THAT(got.error().message, Not(HasSubstr("private")));
    closed.wait();
    EXPECT_EQ(exchange(get(server.url()), stop.get_token()).error().code, ErrorCode::cancelled) << "asked for before";
}

TEST(WorldWeb, many_threads_ask_at_once) {
    LoopbackServer server(LoopbackServer::answering([](const ServerRequest& request) { return request.line; }));
    const CurlWeb web(real_clock, {});
    std::vector<std::string> bodies(6);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < bodies.size(); ++i)
            threads.emplace_back([&, i] {
                auto got = web.exchange(get(server.url("/" + std::to_string(i))), {});
                if (got) bodies[i] = got->body;
            });
    }
    for (std::size_t i = 0; i < bodies.size(); ++i) EXPECT_EQ(bodies[i], "GET /" + std::to_string(i) + " HTTP/1.1");
}

}  // namespace
}  // namespace cortex::world
