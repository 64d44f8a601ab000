#pragma once

#include <cortex/error.hpp>

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>

namespace cortex::net {

/// What an error may say of a transfer. Holds nothing secret.
struct PeerNames {
    std::string peer = {};   ///< "host:port" of the server
    std::string proxy = {};  ///< "host:port" of the proxy, or empty

    /// "host:port", with "through the proxy host:port" where there is one.
    std::string route() const;
};

/// The sentence for a failed transfer. `detail` is libcurl's own text, used for TLS only.
ErrorInfo curl_error(CURLcode code, CURL* easy, const PeerNames& names, std::chrono::milliseconds connect_limit,
                     std::string_view detail);

ErrorInfo proxy_refused(const PeerNames& names, long status);
ErrorInfo header_too_large(const PeerNames& names, std::size_t limit);
ErrorInfo body_too_large(const PeerNames& names, std::size_t limit);
ErrorInfo idle_timeout(const PeerNames& names, std::chrono::milliseconds limit);
ErrorInfo total_timeout(const PeerNames& names, std::chrono::milliseconds limit);
/// A request that is refused before any byte is sent.
ErrorInfo bad_request(std::string message);
ErrorInfo plain_http_refused(const PeerNames& names);

}  // namespace cortex::net
