#pragma once

#include "core/http.hpp"
#include "net/curl_errors.hpp"
#include "net/curl_transport.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::net {

/// What all transfers of one transport share.
struct TransferSettings {
    TransportOptions options = {};
    ProxyRules proxies = {};
    std::string ca_file = {};       ///< Trusted CAs; with ca_directory empty too: libcurl's own default.
    std::string ca_directory = {};
};

/// Reads the environment through `options.env`.
TransferSettings read_settings(TransportOptions options);

/// Frees what libcurl gave.
struct CurlFree {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

/// One easy handle and the request it carries; used again and again. Options that stay the same are set once, and those
/// that often do (address, headers, proxy) only when they change.
class CurlTransfer {
public:
    /// Null if libcurl has no memory.
    static std::unique_ptr<CurlTransfer> create(const TransferSettings& settings, const Reactor& reactor,
                                                void* transport, curl_opensocket_callback open,
                                                curl_closesocket_callback close);

    std::uint32_t slot = 0;  ///< Where its transport keeps it.

    /// Takes a request. An error means that it must not be sent; the transfer then serves only to report it.
    Result<void> prepare(HttpRequest request, HttpSink& sink);
    CURL* easy() const noexcept { return easy_.get(); }

    /// Lets go of the sink: it is not called any more, and libcurl's next callback aborts the transfer.
    void detach() noexcept { sink_ = nullptr; }
    /// What to tell the sink after libcurl ended the transfer.
    Result<void> outcome(CURLcode code) const;
    /// Frees the request and returns the sink (null after `detach`).
    HttpSink* release() noexcept;

    /// When the deadlines must be looked at next; nothing if there are none.
    std::optional<SteadyTime> next_check(SteadyTime now) const;
    /// The deadline that passed, if one did.
    std::optional<ErrorInfo> expired(SteadyTime now);

private:
    CurlTransfer(const TransferSettings& settings, const Reactor& reactor, CURL* easy) noexcept
        : settings_(settings), reactor_(reactor), easy_(easy) {}

    template <class T>
    void set(CURLoption option, T value) noexcept {
        if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) failed_options_ = true;
    }
    void set_lasting_options(void* transport, curl_opensocket_callback open, curl_closesocket_callback close);
    Result<void> set_route();
    Result<void> set_headers();
    void set_body();
    bool request_sent() const noexcept;

    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    bool take_header_line(std::string_view line);
    bool take_body(std::string_view bytes);
    bool deliver_head();

    const TransferSettings& settings_;
    const Reactor& reactor_;
    std::unique_ptr<CURL, CurlFree> easy_;
    std::unique_ptr<curl_slist, CurlFree> header_list_ = {};
    std::vector<HttpHeader> listed_headers_ = {};  // what header_list_ was made from
    bool listed_for_post_ = false;
    bool sends_put_ = false;
    std::string url_ = {};  // what the handle has
    std::string proxy_ = {};
    bool failed_options_ = false;
    char detail_[CURL_ERROR_SIZE] = {};

    HttpRequest request_ = {};
    PeerNames names_ = {};
    HttpSink* sink_ = nullptr;
    HttpHead head_ = {};
    bool forward_proxy_ = false;  // plain http through a proxy: its own answers look like the server's
    bool head_delivered_ = false;
    std::size_t header_bytes_ = 0;
    std::size_t body_bytes_ = 0;
    std::optional<ErrorInfo> failure_ = {};  // why a callback stopped the transfer
    SteadyTime started_ = {};
    SteadyTime last_byte_ = {};  // or the last time the request was seen unsent
    bool sent_ = false;
};

}  // namespace cortex::net
