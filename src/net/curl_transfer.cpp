#include "net/curl_transfer.hpp"

#include "core/text.hpp"

#include <dirent.h>

#include <algorithm>
#include <charconv>

namespace cortex::net {
namespace {

constexpr const char* system_ca_directory = "/etc/ssl/certs";

/// OpenSSL finds a CA in a directory only by links named after its hash; a directory that just holds one bundle is no
/// use.
bool has_hashed_certificates(const char* path) {
    DIR* const directory = opendir(path);
    if (directory == nullptr) return false;
    bool found = false;
    while (const dirent* const entry = readdir(directory)) {
        const std::string_view name(entry->d_name);
        found = name.size() >= 10 && name[8] == '.' && name.find_first_not_of("0123456789abcdef") == 8;
        if (found) break;
    }
    closedir(directory);
    return found;
}

std::string variable(const EnvLookup& env, std::string_view name) {
    return env ? env(name).value_or(std::string()) : std::string();
}

/// A line break in a header would let its value become headers, or a second request.
bool is_safe_header(const HttpHeader& header) noexcept {
    const auto breaks = [](std::string_view text) {
        return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
    };
    return !header.name.empty() && header.name.find(':') == std::string::npos && !breaks(header.name) &&
           !breaks(header.value);
}

bool same(const std::vector<HttpHeader>& a, const std::vector<HttpHeader>& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const HttpHeader& x, const HttpHeader& y) { return x.name == y.name && x.value == y.value; });
}

}  // namespace

TransferSettings read_settings(TransportOptions options) {
    TransferSettings out;
    out.proxies = ProxyRules(options.env);
    out.ca_file = variable(options.env, "SSL_CERT_FILE");
    out.ca_directory = variable(options.env, "SSL_CERT_DIR");
    // Reading Debian's bundle costs 27-48 ms at the first connection, looking a CA up in its directory 2-5 ms.
    if (out.ca_file.empty() && out.ca_directory.empty() && has_hashed_certificates(system_ca_directory))
        out.ca_directory = system_ca_directory;
    out.options = std::move(options);
    return out;
}

std::unique_ptr<CurlTransfer> CurlTransfer::create(const TransferSettings& settings, const Reactor& reactor,
                                                   void* transport, curl_opensocket_callback open,
                                                   curl_closesocket_callback close) {
    CURL* const easy = curl_easy_init();
    if (easy == nullptr) return nullptr;
    std::unique_ptr<CurlTransfer> out(new CurlTransfer(settings, reactor, easy));
    out->set_lasting_options(transport, open, close);
    return out;
}

void CurlTransfer::set_lasting_options(void* transport, curl_opensocket_callback open,
                                       curl_closesocket_callback close) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a cancelled name look-up is left behind instead of waited for
    set(CURLOPT_ERRORBUFFER, detail_);
    set(CURLOPT_PRIVATE, static_cast<void*>(this));
    set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_OPENSOCKETFUNCTION, open);
    set(CURLOPT_OPENSOCKETDATA, transport);
    set(CURLOPT_CLOSESOCKETFUNCTION, close);
    set(CURLOPT_CLOSESOCKETDATA, transport);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_TCP_KEEPIDLE, 60L);
    set(CURLOPT_TCP_KEEPINTVL, 60L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, 16L * 1024L);
    set(CURLOPT_BUFFERSIZE, 8L * 1024L);   // half of curl's default: every open stream has one
    if (settings_.options.http2) {
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
        set(CURLOPT_PIPEWAIT, 1L);
    } else {
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    }
    if (settings_.options.gzip) set(CURLOPT_ACCEPT_ENCODING, "gzip");
    // Proxies are chosen by our own rules, so libcurl must not look into the environment. Our headers are for the
    // server only.
    set(CURLOPT_PATH_AS_IS, 1L);   // a signature covers the path as it is written
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    if (settings_.ca_file.empty() && settings_.ca_directory.empty()) return;
    const char* const file = settings_.ca_file.empty() ? nullptr : settings_.ca_file.c_str();
    const char* const directory = settings_.ca_directory.empty() ? nullptr : settings_.ca_directory.c_str();
    set(CURLOPT_CAINFO, file);
    set(CURLOPT_CAPATH, directory);
    set(CURLOPT_PROXY_CAINFO, file);
    set(CURLOPT_PROXY_CAPATH, directory);
}

Result<void> CurlTransfer::prepare(HttpRequest request, HttpSink& sink) {
    request_ = std::move(request);
    sink_ = &sink;
    head_ = {};
    head_delivered_ = false;
    header_bytes_ = 0;
    body_bytes_ = 0;
    failure_.reset();
    started_ = last_byte_ = reactor_.clock().now();
    sent_ = false;
    detail_[0] = '\0';
    if (auto routed = set_route(); !routed) return routed;
    if (auto headed = set_headers(); !headed) return headed;
    set_body();
    // libcurl reads zero as its own default of five minutes.
    const long connect = request_.deadlines.connect.count() > 0
                             ? static_cast<long>(request_.deadlines.connect.count())
                             : static_cast<long>(std::chrono::milliseconds(std::chrono::hours(24)).count());
    set(CURLOPT_CONNECTTIMEOUT_MS, connect);
    if (failed_options_)
        return ErrorInfo{.message = "the request could not be prepared: libcurl refused an option or has no memory."};
    return {};
}

Result<void> CurlTransfer::set_route() {
    const auto target = parse_url(request_.url);
    const bool http = target && iequals(target->scheme, "http");
    if (!target || !(http || target->secure()))
        return bad_request("the address of the request is not a valid http or https URL. Check base_url.");
    names_.peer = target->peer();
    names_.proxy.clear();
    if (http && !settings_.options.allow_plain_http && request_.use_proxy && !is_loopback(target->host))
        return plain_http_refused(names_);
    const std::string* const proxy = request_.use_proxy ? settings_.proxies.proxy_for(*target) : nullptr;
    if (proxy != nullptr) {
        const auto parts = parse_url(*proxy, true);
        if (!parts) return bad_request("the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not a valid URL.");
        names_.proxy = parts->peer();
        forward_proxy_ = http && (iequals(parts->scheme, "http") || parts->secure());
    } else {
        forward_proxy_ = false;
    }
    const std::string_view wanted = proxy != nullptr ? std::string_view(*proxy) : std::string_view();
    if (wanted != proxy_) {
        proxy_ = wanted;
        set(CURLOPT_PROXY, proxy_.c_str());
    }
    if (request_.url != url_) {
        url_ = request_.url;
        set(CURLOPT_URL, url_.c_str());
    }
    return {};
}

Result<void> CurlTransfer::set_headers() {
    const bool post = request_.method != HttpMethod::get;
    if (header_list_ && post == listed_for_post_ && same(listed_headers_, request_.headers)) return {};
    curl_slist* list = nullptr;
    const auto add = [&list, this](const char* line) {
        curl_slist* const longer = curl_slist_append(list, line);
        if (longer == nullptr)
            failed_options_ = true;
        else
            list = longer;
    };
    bool has_type = false;
    bool has_accept = false;
    std::string line;
    for (const HttpHeader& header : request_.headers) {
        if (!is_safe_header(header)) {
            curl_slist_free_all(list);
            return bad_request(
                "a header of the request has an invalid name, or a line break in its value. Check keys and tokens "
                "for stray line ends.");
        }
        has_type |= iequals(header.name, "content-type");
        has_accept |= iequals(header.name, "accept");
        // libcurl reads "name:" as "leave that header out"; "name;" sends it empty.
        line = header.name;
        line += header.value.empty() ? ";" : ": ";
        line += header.value;
        add(line.c_str());
    }
    // No pause before the body, and no headers that the caller did not ask for: signatures cover what is sent.
    add("Expect:");
    if (post && !has_type) add("Content-Type:");
    if (!has_accept) add("Accept:");
    set(CURLOPT_HTTPHEADER, list);
    header_list_.reset(list);
    listed_headers_ = request_.headers;
    listed_for_post_ = post;
    return {};
}

void CurlTransfer::set_body() {
    const bool put = request_.method == HttpMethod::put;
    if (put != sends_put_) set(CURLOPT_CUSTOMREQUEST, put ? "PUT" : static_cast<const char*>(nullptr));
    sends_put_ = put;
    if (request_.method == HttpMethod::get) {
        set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
        set(CURLOPT_HTTPGET, 1L);
        return;
    }
    const bool empty = !request_.body || request_.body->empty();
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, empty ? curl_off_t{0} : static_cast<curl_off_t>(request_.body->size()));
    set(CURLOPT_POSTFIELDS, empty ? "" : request_.body->data());
}

Result<void> CurlTransfer::outcome(CURLcode code) const {
    if (failure_) return *failure_;
    if (code == CURLE_OK && head_delivered_) return {};
    if (code == CURLE_OK) code = CURLE_GOT_NOTHING;
    return curl_error(code, easy_.get(), names_, request_.deadlines.connect, detail_);
}

HttpSink* CurlTransfer::release() noexcept {
    request_.body.reset();
    request_.headers.clear();
    failure_.reset();
    return std::exchange(sink_, nullptr);
}

bool CurlTransfer::request_sent() const noexcept {
    curl_off_t until_sending = 0;
    curl_off_t uploaded = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &until_sending);
    curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
    const std::size_t size = request_.method != HttpMethod::get && request_.body ? request_.body->size() : 0;
    return until_sending > 0 && static_cast<std::size_t>(uploaded) >= size;
}

std::optional<SteadyTime> CurlTransfer::next_check(SteadyTime now) const {
    std::optional<SteadyTime> out;
    if (request_.deadlines.total.count() > 0) out = started_ + request_.deadlines.total;
    const std::chrono::milliseconds gap = request_.deadlines.idle_gap;
    if (!request_.streaming || gap.count() <= 0) return out;
    // Until the request is out we look more often: when exactly it left is not reported, only whether it has.
    const SteadyTime idle = sent_ ? last_byte_ + gap : now + std::max(gap / 8, std::chrono::milliseconds(1));
    return out ? std::min(*out, idle) : idle;
}

std::optional<ErrorInfo> CurlTransfer::expired(SteadyTime now) {
    const HttpDeadlines& limits = request_.deadlines;
    if (limits.total.count() > 0 && now >= started_ + limits.total) return total_timeout(names_, limits.total);
    if (!request_.streaming || limits.idle_gap.count() <= 0) return std::nullopt;
    if (!sent_) {
        sent_ = request_sent();
        if (!sent_) last_byte_ = now;
    }
    if (sent_ && now >= last_byte_ + limits.idle_gap) return idle_timeout(names_, limits.idle_gap);
    return std::nullopt;
}

std::size_t CurlTransfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    return static_cast<CurlTransfer*>(self)->take_header_line({bytes, size * count}) ? size * count : 0;
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    return static_cast<CurlTransfer*>(self)->take_body({bytes, size * count}) ? size * count : 0;
}

bool CurlTransfer::take_header_line(std::string_view line) {
    if (sink_ == nullptr) return false;
    last_byte_ = reactor_.round_time();
    sent_ = true;
    header_bytes_ += line.size();
    if (header_bytes_ > settings_.options.max_header_bytes) {
        failure_ = header_too_large(names_, settings_.options.max_header_bytes);
        return false;
    }
    if (head_delivered_) return true;  // trailers of a chunked body
    if (line.starts_with("HTTP/")) {   // also after an interim answer (100, 103)
        head_ = {};
        const std::string_view status = line.substr(std::min(line.find(' '), line.size()));
        const std::string_view digits = trim(status).substr(0, 3);
        std::from_chars(digits.data(), digits.data() + digits.size(), head_.status);
        return true;
    }
    const bool folded = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    const std::string_view text = trim(line);
    if (text.empty()) return head_.status < 200 || deliver_head();
    if (folded && !head_.headers.empty()) {
        head_.headers.back().value.append(" ").append(text);
        return true;
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos)
        head_.headers.push_back({std::string(trim(text.substr(0, colon))), std::string(trim(text.substr(colon + 1)))});
    return true;
}

bool CurlTransfer::deliver_head() {
    if (forward_proxy_ && head_.status == 407) {
        failure_ = proxy_refused(names_, head_.status);
        return false;
    }
    head_delivered_ = true;
    head_.received_at = reactor_.clock().wall();
    sink_->on_head(std::move(head_));
    return sink_ != nullptr;
}

bool CurlTransfer::take_body(std::string_view bytes) {
    if (sink_ == nullptr) return false;
    last_byte_ = reactor_.round_time();
    body_bytes_ += bytes.size();
    if (!request_.streaming && body_bytes_ > settings_.options.max_body_bytes) {
        failure_ = body_too_large(names_, settings_.options.max_body_bytes);
        return false;
    }
    sink_->on_data(bytes);
    return sink_ != nullptr;
}

}  // namespace cortex::net
