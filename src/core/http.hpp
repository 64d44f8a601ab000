#pragma once

#include "core/clock.hpp"
#include "core/result.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

struct HttpHeader {
    std::string name;   ///< As sent; compared without regard to case.
    std::string value;
};

/// A request body: immutable and shared, so that a retry sends the same bytes without a copy.
using Body = std::shared_ptr<const std::string>;

/// How long a request may take. Zero means no limit of that kind.
struct HttpDeadlines {
    std::chrono::milliseconds connect{5'000};    ///< Name look-up, TCP and TLS together.
    std::chrono::milliseconds idle_gap{300'000}; ///< Between two received bytes once the request was sent; streams only.
    std::chrono::milliseconds total{600'000};    ///< From `send` to the last byte.
};

enum class HttpMethod { get, post, put };

struct HttpRequest {
    HttpMethod method = HttpMethod::post;
    std::string url = {};                   ///< Absolute. Never logged with its query.
    std::vector<HttpHeader> headers = {};   ///< Without Host and Content-Length, which the transport writes.
    Body body = {};                         ///< Null for GET, and for PUT without one.
    HttpDeadlines deadlines = {};
    bool streaming = false;                 ///< The answer is a stream: the idle-gap deadline applies.
    bool use_proxy = true;                  ///< False for metadata services, which are never asked through a proxy.
};

/// The head of an answer. `received_at` is the wall time of its arrival, for dates in headers (machines read no clock).
struct HttpHead {
    int status = 0;
    std::vector<HttpHeader> headers = {};
    WallTime received_at = {};

    /// First value of that name (any case), or nothing.
    std::optional<std::string_view> header(std::string_view name) const noexcept;
    /// The media type before any `;`, in lower case; empty if there is none.
    std::string content_type() const;
};

/// Receives one transfer's answer, on the shard's thread. Calls come in the order on_head, on_data*, on_end; on_end comes
/// exactly once and last, on_head not at all when no answer arrived. After `Transport::cancel` none comes any more.
struct HttpSink {
    virtual void on_head(HttpHead head) = 0;
    virtual void on_data(std::string_view bytes) = 0;
    /// Success: the body is complete. Failure: NetworkError or TimeoutError, naming host and cause, never the URL's query or a secret.
    virtual void on_end(Result<void> result) = 0;

protected:
    ~HttpSink() = default;
};

using TransferId = std::uint64_t;

/// Sends requests; owned by one shard and used on its thread only.
struct Transport {
    virtual ~Transport() = default;
    /// Starts a transfer. `sink` must outlive it (until on_end, or cancel returns). Never calls the sink before it returns.
    virtual TransferId send(HttpRequest request, HttpSink& sink) = 0;
    /// Closes the transfer's connection to the upstream, if it is still under way; the sink is not called any more.
    virtual void cancel(TransferId id) noexcept = 0;
};

}  // namespace cortex
