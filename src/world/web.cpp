#include "world/web.hpp"

#include "net/reactor.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace cortex::world {
namespace {

constexpr std::size_t max_body = std::size_t{1} << 20U;

/// Keeps the answer, and ends the loop with it.
struct Collector final : HttpSink {
    explicit Collector(net::Reactor& reactor) : loop(reactor) {}
    void on_head(HttpHead head) override { answer.head = std::move(head); }
    void on_data(std::string_view bytes) override { answer.body.append(bytes); }
    void on_end(Result<void> result) override {
        end = std::move(result);
        loop.stop();
    }

    net::Reactor& loop;
    HttpAnswer answer = {};
    std::optional<Result<void>> end = {};
};

}  // namespace

CurlWeb::CurlWeb(const Clock& clock, net::TransportOptions options) : clock_(clock), options_(std::move(options)) {
    options_.max_body_bytes = max_body;
    options_.max_connections = 1;
}

Result<HttpAnswer> CurlWeb::exchange(HttpRequest request, const std::stop_token& stop) const {
    auto reactor = net::Reactor::create(clock_);
    if (!reactor) return std::move(reactor).error();
    net::Reactor& loop = **reactor;
    net::CurlTransport transport(loop, options_);
    Collector sink(loop);
    const auto url = net::parse_url(request.url);
    const std::string peer = url ? url->peer() : "a server";
    request.streaming = false;  // the limit of the body holds for whole answers
    const TransferId id = transport.send(std::move(request), sink);
    {
        const std::stop_callback on_stop(stop, [&loop]() noexcept { loop.stop(); });
        loop.run();
    }
    if (!sink.end) {
        transport.cancel(id);
        return ErrorInfo{.code = ErrorCode::cancelled,
                         .message = fmt::format("The request to {} was stopped: nobody waits for it any more.", peer)};
    }
    if (!*sink.end) return std::move(*sink.end).error();
    return std::move(sink.answer);
}

}  // namespace cortex::world
