#include "transport_support.hpp"

namespace cortex::net::test {
namespace {

TEST(TransportPut, without_a_body_it_says_that_there_is_none) {
    std::vector<ServerRequest> seen;
    LoopbackServer server([&](Connection& connection) {
        ServerRequest request;
        while (connection.next(request)) {
            seen.push_back(request);
            connection.answer(200, "token");
        }
    });
    const Client client;
    // The same connection, and the same handle, for the next methods: none may leave a trace in the one after it.
    const auto fetch = [&](HttpMethod method, Body body) {
        const RecordingSink sink = client.fetch({.method = method,
                                                 .url = server.url("/latest/api/token"),
                                                 .headers = {{"x-ttl", "60"}},
                                                 .body = std::move(body)});
        EXPECT_TRUE(sink.succeeded()) << sink.message();
        EXPECT_EQ(sink.body, "token");
    };
    fetch(HttpMethod::put, nullptr);
    fetch(HttpMethod::get, nullptr);
    fetch(HttpMethod::put, std::make_shared<const std::string>("text"));
    fetch(HttpMethod::post, std::make_shared<const std::string>("more"));
    fetch(HttpMethod::put, nullptr);
    ASSERT_EQ(seen.size(), 5U);
    EXPECT_EQ(server.connections(), 1);
    for (const std::size_t put : {0U, 4U}) {
        EXPECT_EQ(seen[put].line, "PUT /latest/api/token HTTP/1.1");
        EXPECT_EQ(seen[put].header("content-length"), "0");
        EXPECT_EQ(seen[put].header("transfer-encoding"), "");
        EXPECT_EQ(seen[put].header("expect"), "");
        EXPECT_EQ(seen[put].header("content-type"), "");
        EXPECT_EQ(seen[put].header("x-ttl"), "60");
    }
    EXPECT_EQ(seen[1].line, "GET /latest/api/token HTTP/1.1");
    EXPECT_EQ(seen[1].header("content-length"), "");
    EXPECT_EQ(seen[2].line, "PUT /latest/api/token HTTP/1.1");
    EXPECT_EQ(seen[2].body, "text");
    EXPECT_EQ(seen[3].line, "POST /latest/api/token HTTP/1.1");
    EXPECT_EQ(seen[3].body, "more");
}

}  // namespace
}  // namespace cortex::net::test
