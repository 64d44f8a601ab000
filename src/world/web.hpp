#pragma once

#include "core/world.hpp"
#include "net/curl_transport.hpp"

namespace cortex::world {

/// HTTP on the calling thread: an event loop and a connection of its own for each exchange, which suits what is asked once an
/// hour. Proxies, trusted CAs and the rule on plain http are the transport's. Thread-safe.
class CurlWeb final : public Web {
public:
    /// `clock` outlives it.
    CurlWeb(const Clock& clock, net::TransportOptions options);
    Result<HttpAnswer> exchange(HttpRequest request, const std::stop_token& stop) const override;

private:
    const Clock& clock_;
    net::TransportOptions options_;
};

}  // namespace cortex::world
