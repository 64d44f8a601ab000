#pragma once

#include "loopback_server.hpp"
#include "net/curl_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cortex::net::test {

/// Keeps all that it is told, and checks the order of the calls.
struct RecordingSink final : HttpSink {
    void on_head(HttpHead got) override {
        EXPECT_FALSE(head) << "a second head";
        EXPECT_FALSE(result);
        head = std::move(got);
        if (at_head) at_head();
    }
    void on_data(std::string_view bytes) override {
        EXPECT_TRUE(head) << "data before the head";
        EXPECT_FALSE(result);
        body.append(bytes);
        ++pieces;
        if (at_data) at_data();
    }
    void on_end(Result<void> got) override {
        EXPECT_FALSE(result) << "a second end";
        result = std::move(got);
        if (at_end) at_end();
    }

    bool ended() const { return result.has_value(); }
    bool succeeded() const { return result && result->has_value(); }
    ErrorInfo error() const { return result && !result->has_value() ? result->error() : ErrorInfo{}; }
    std::string message() const { return error().message; }

    std::optional<HttpHead> head = {};
    std::string body = {};
    std::size_t pieces = 0;
    std::optional<Result<void>> result = {};
    std::function<void()> at_head = {};
    std::function<void()> at_data = {};
    std::function<void()> at_end = {};
};

/// A reactor and a transport on the test's own thread.
struct Client {
    explicit Client(TransportOptions options = {})
        : reactor(Reactor::create(clock).value()),
          transport(std::make_unique<CurlTransport>(*reactor, std::move(options))) {}

    /// Runs the loop until the condition holds.
    void run_until(const std::function<bool()>& done) const {
        while (!done()) reactor->run_once(std::chrono::milliseconds(20));
    }
    TransferId send(HttpRequest request, RecordingSink& sink) const {
        return transport->send(std::move(request), sink);
    }
    /// Sends and waits for the end.
    RecordingSink fetch(HttpRequest request) const {
        RecordingSink sink;
        transport->send(std::move(request), sink);
        run_until([&] { return sink.ended(); });
        return sink;
    }

    SystemClock clock = {};
    std::unique_ptr<Reactor> reactor;
    std::unique_ptr<CurlTransport> transport;
};

inline HttpRequest get(std::string url) { return {.method = HttpMethod::get, .url = std::move(url)}; }

inline HttpRequest post(std::string url, std::string body) {
    return {.url = std::move(url),
            .headers = {{"content-type", "application/json"}},
            .body = std::make_shared<const std::string>(std::move(body))};
}

inline HttpRequest stream(std::string url, std::string body = "{}") {
    HttpRequest request = post(std::move(url), std::move(body));
    request.streaming = true;
    return request;
}

/// An environment that holds just these variables.
inline EnvLookup env_of(std::map<std::string, std::string, std::less<>> variables) {
    return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

}  // namespace cortex::net::test
