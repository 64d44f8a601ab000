#include "net/curl_errors.hpp"

#include <system_error>

namespace cortex::net {
namespace {

ErrorInfo make(ErrorCode code, bool retryable, std::string message) {
    ErrorInfo info;
    info.code = code;
    info.retryable = retryable;
    info.message = std::move(message);
    return info;
}

std::string length(std::chrono::milliseconds span) {
    if (span.count() % 1000 == 0) return std::to_string(span.count() / 1000) + " s";
    return std::to_string(span.count()) + " ms";
}

/// ": Connection refused", or nothing where the system gave no reason.
std::string system_reason(CURL* easy) {
    long number = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
    return number == 0 ? std::string() : ": " + std::generic_category().message(static_cast<int>(number));
}

std::string with_detail(std::string_view detail) { return detail.empty() ? std::string() : ": " + std::string(detail); }

ErrorInfo not_connected(CURL* easy, const PeerNames& names) {
    if (!names.proxy.empty())
        return make(ErrorCode::network, true,
                    "could not connect to the proxy " + names.proxy + system_reason(easy) +
                        ". Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.");
    return make(ErrorCode::network, true,
                "could not connect to " + names.peer + system_reason(easy) +
                    ". Check the address, and that the server runs and can be reached.");
}

ErrorInfo cut(const PeerNames& names, std::string_view how) {
    return make(ErrorCode::network, true,
                "the connection to " + names.route() + " " + std::string(how) + ". Try again.");
}

}  // namespace

std::string PeerNames::route() const { return proxy.empty() ? peer : peer + " (through the proxy " + proxy + ")"; }

ErrorInfo curl_error(CURLcode code, CURL* easy, const PeerNames& names, std::chrono::milliseconds connect_limit,
                     std::string_view detail) {
    long connect_status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    if (!names.proxy.empty() && connect_status >= 300) return proxy_refused(names, connect_status);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return make(ErrorCode::network, true,
                        "no address was found for " + names.peer + ". Check the name and the network.");
        case CURLE_COULDNT_RESOLVE_PROXY:
            return make(
                ErrorCode::network, true,
                "no address was found for the proxy " + names.proxy + ". Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.");
        case CURLE_COULDNT_CONNECT: return not_connected(easy, names);
        case CURLE_PROXY:
            return make(ErrorCode::network, true,
                        "the proxy " + names.proxy + " could not reach " + names.peer +
                            ". Check the proxy, or exclude the host with NO_PROXY.");
        case CURLE_OPERATION_TIMEDOUT:
            return make(ErrorCode::timeout, true,
                        "no connection to " + names.route() + " within " + length(connect_limit) +
                            " (connect deadline). Check the network, or allow more time.");
        case CURLE_PEER_FAILED_VERIFICATION:
            return make(ErrorCode::network, false,
                        "the certificate of " + names.route() + " could not be verified" + with_detail(detail) +
                            ". If your network has a CA of its own, name its file in SSL_CERT_FILE.");
        case CURLE_SSL_CACERT_BADFILE:
            return make(ErrorCode::config, false,
                        "the trusted CA certificates could not be read. Check the file in SSL_CERT_FILE, or the "
                        "directory in SSL_CERT_DIR.");
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return make(ErrorCode::network, true,
                        "the TLS handshake with " + names.route() + " failed" + with_detail(detail) +
                            ". Check the address, and that it speaks TLS 1.2 or later.");
        case CURLE_GOT_NOTHING: return cut(names, "was closed before an answer");
        case CURLE_PARTIAL_FILE: return cut(names, "was closed in the middle of the answer");
        case CURLE_SEND_ERROR: return cut(names, "broke while the request was sent");
        case CURLE_RECV_ERROR: return cut(names, "broke while the answer was read");
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM: return cut(names, "was reset by the server");
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_WRITE_ERROR:
            return make(ErrorCode::protocol, false,
                        names.route() +
                            " sent bytes that are not a valid HTTP answer. "
                            "Check that the address is the right one.");
        case CURLE_URL_MALFORMAT: return bad_request("the address of the request is not a valid URL. Check base_url.");
        default:
            return make(ErrorCode::network, true,
                        "the request to " + names.route() + " failed: " + curl_easy_strerror(code) + ".");
    }
}

ErrorInfo proxy_refused(const PeerNames& names, long status) {
    std::string message = "the proxy " + names.proxy + " refused the connection to " + names.peer + " with status " +
                          std::to_string(status);
    message += status == 407 ? ". It asks for a login: write it into HTTPS_PROXY as user:password@host."
                             : ". Check the proxy, or exclude the host with NO_PROXY.";
    return make(ErrorCode::network, status >= 500, std::move(message));
}

ErrorInfo header_too_large(const PeerNames& names, std::size_t limit) {
    return make(ErrorCode::protocol, false,
                "the answer of " + names.route() + " has more than " + std::to_string(limit) +
                    " bytes of headers. Check that the address is the right one.");
}

ErrorInfo body_too_large(const PeerNames& names, std::size_t limit) {
    return make(ErrorCode::protocol, false,
                "the answer of " + names.route() + " has more than " + std::to_string(limit) +
                    " bytes. It was given up; ask for a shorter one.");
}

ErrorInfo idle_timeout(const PeerNames& names, std::chrono::milliseconds limit) {
    return make(ErrorCode::timeout, true,
                "nothing came from " + names.route() + " for " + length(limit) +
                    " (idle-gap deadline). Try again, or allow a longer gap.");
}

ErrorInfo total_timeout(const PeerNames& names, std::chrono::milliseconds limit) {
    return make(ErrorCode::timeout, true,
                "the answer of " + names.route() + " was not complete within " + length(limit) +
                    " (total deadline). Try again, or allow more time.");
}

ErrorInfo bad_request(std::string message) { return make(ErrorCode::config, false, std::move(message)); }

ErrorInfo plain_http_refused(const PeerNames& names) {
    return bad_request("plain http to " + names.peer +
                       " is refused, because credentials would travel unencrypted. "
                       "Use https; http is for addresses of this machine.");
}

}  // namespace cortex::net
