#pragma once

#include "core/http.hpp"
#include "net/proxy_rules.hpp"
#include "net/reactor.hpp"

#include <cstddef>
#include <memory>

namespace cortex::net {

struct TransportOptions {
    /// Where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` are read, once,
    /// while the transport is built. Null: none of them is set. The process's own environment is never read behind it.
    EnvLookup env = {};
    /// Offers HTTP/2 to https servers: up to eight streams share a connection. Off, every stream has its own HTTP/1.1
    /// connection, which one lost packet cannot stall for the others.
    bool http2 = false;
    /// Asks for gzip and unpacks it as it arrives.
    bool gzip = true;
    /// Lets requests, and the credentials in them, travel unencrypted to any host. Off: to loopback addresses only, and
    /// to the metadata services of clouds (`use_proxy` false), which speak nothing else.
    bool allow_plain_http = false;
    /// All header lines of an answer together. Real ones have 1-4 KiB; servers' own limits are 8-64 KiB.
    std::size_t max_header_bytes = std::size_t{128} << 10U;
    /// An unpacked body that is not a stream; the bound of one answer in this engine.
    std::size_t max_body_bytes = std::size_t{64} << 20U;
    /// Idle connections kept for the next request.
    std::size_t max_connections = 1024;
};

/// HTTP over libcurl's multi interface, driven by a reactor. Belongs to the reactor's thread (or to its owner while the
/// reactor does not run). Connections are kept and reused; redirects are not followed; TLS 1.2 or later, with
/// certificate and name always verified; a dead connection from the pool is replaced once, before any byte of an
/// answer.
///
/// Sinks may call `send` and `cancel` from inside every callback, and may be destroyed in on_end or after cancel.
/// Errors: `network`, `timeout` (which deadline, and its length), `protocol` (limits, no HTTP), `config` (a request
/// that must not or cannot be sent). Their text names host and port, never the URL's path, query or login, nor a
/// header.
///
/// The destructor closes all connections; sinks of unfinished transfers are not called.
class CurlTransport final : public Transport {
public:
    /// `reactor` must outlive the transport.
    explicit CurlTransport(Reactor& reactor, TransportOptions options = {});
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    TransferId send(HttpRequest request, HttpSink& sink) override;
    void cancel(TransferId id) noexcept override;

    /// Transfers under way.
    std::size_t active() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cortex::net
