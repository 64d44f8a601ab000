#include "tools/http_fetch.hpp"

#include "tools/address_rules.hpp"
#include "tools/utf8_check.hpp"

#include <cortex/version.hpp>

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace cortex::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_header_bytes = 64 * 1024;

struct Ends {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    void operator()(char* text) const noexcept { curl_free(text); }
};
struct MultiEnds {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
using Easy = std::unique_ptr<CURL, Ends>;
using Multi = std::unique_ptr<CURLM, MultiEnds>;
using Url = std::unique_ptr<CURLU, Ends>;
using List = std::unique_ptr<curl_slist, Ends>;

/// One part of a URL, "" where it has none.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, Ends> owner(text);
    return text;
}

/// Why this URL is not asked for, or "".
std::string wrong_url(CURLU* url, const std::string& text, bool allow_loopback) {
    if (text.find_first_of(std::string_view("\0\r\n\t ", 5)) != std::string::npos)
        return "it contains a blank or a control character";
    const CURLUcode code = curl_url_set(url, CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED) return "it contains a user name or a password, and none is sent";
    if (code == CURLUE_UNSUPPORTED_SCHEME) return "only http and https are spoken";
    if (code != CURLUE_OK) return "it is not a whole URL such as https://example.com/page";
    const std::string scheme = part(url, CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") return "only http and https are spoken";
    if (!part(url, CURLUPART_ZONEID).empty()) return "it names a network interface";
    const std::string port_text = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    int port = 0;
    std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    // Services that are not for the web have their ports there.
    if (!allow_loopback && port < 1024 && port != 80 && port != 443)
        return "port " + port_text + " is not asked; 80, 443 and those from 1024 are";
    curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
    return {};
}

bool is_text(std::string_view type) {
    std::string bare(type.substr(0, type.find(';')));
    while (!bare.empty() && bare.back() == ' ') bare.pop_back();
    std::transform(bare.begin(), bare.end(), bare.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return bare.starts_with("text/") || bare == "application/json" || bare.ends_with("+json");
}

bool is_redirect(long status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// One request of the chain.
class Hop {
public:
    Hop(const FetchRules& rules, CURLU* url) : rules_(rules), easy_(curl_easy_init()) {
        if (!easy_) return;
        limit_to_the_web(url);
        limit_trust();
        set(CURLOPT_OPENSOCKETFUNCTION, &Hop::on_socket);
        set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
        set(CURLOPT_HEADERFUNCTION, &Hop::on_header);
        set(CURLOPT_HEADERDATA, static_cast<void*>(this));
        set(CURLOPT_WRITEFUNCTION, &Hop::on_body);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    }
    Hop(const Hop&) = delete;
    Hop& operator=(const Hop&) = delete;

    CURLcode run(std::chrono::milliseconds left, const std::stop_token& stop) {
        const Multi multi(easy_ ? curl_multi_init() : nullptr);
        if (!multi) return CURLE_OUT_OF_MEMORY;
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
        curl_multi_add_handle(multi.get(), easy_.get());
        CURLcode result = CURLE_ABORTED_BY_CALLBACK;
        {
            const std::stop_callback wake(stop, [&multi] { curl_multi_wakeup(multi.get()); });
            int running = 1;
            while (!stop.stop_requested() && curl_multi_perform(multi.get(), &running) == CURLM_OK && running > 0)
                curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
        }
        int left_over = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left_over))
            if (message->msg == CURLMSG_DONE) result = message->data.result;
        curl_multi_remove_handle(multi.get(), easy_.get());
        return result;
    }

    long status() const {
        long code = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
        return code;
    }
    /// Where a redirect leads, as a whole URL; "" where the answer is none.
    std::string redirect() const {
        char* target = nullptr;
        curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &target);
        return target == nullptr ? std::string() : target;
    }
    std::string type() const {
        char* type = nullptr;
        curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
        return type == nullptr ? std::string() : type;
    }
    /// Of the whole answer as the server announced it, or -1.
    std::int64_t announced() const {
        curl_off_t length = -1;
        curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        return length;
    }
    const std::string& forbidden() const noexcept { return forbidden_; }
    bool foreign_type() const noexcept { return foreign_type_; }
    bool cut() const noexcept { return cut_; }
    std::string& body() noexcept { return body_; }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(easy_.get(), option, value);
    }

    void limit_to_the_web(CURLU* url) {
        set(CURLOPT_CURLU, url);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 0L);   // each address is judged here
        set(CURLOPT_HTTPGET, 1L);
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_USERAGENT, "cortex/" CORTEX_VERSION_STRING);
        set(CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);
        set(CURLOPT_PROXY, "");   // a proxy would look the name up itself
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_FORBID_REUSE, 1L);
        for (const std::string& entry : rules_.resolve) {
            curl_slist* const longer = curl_slist_append(resolve_.get(), entry.c_str());
            if (longer == nullptr) continue;
            [[maybe_unused]] const auto* same = resolve_.release();
            resolve_.reset(longer);
        }
        if (resolve_) set(CURLOPT_RESOLVE, resolve_.get());
    }

    void limit_trust() {
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        if (const std::string file = variable("SSL_CERT_FILE"); !file.empty()) set(CURLOPT_CAINFO, file.c_str());
        if (const std::string folder = variable("SSL_CERT_DIR"); !folder.empty()) set(CURLOPT_CAPATH, folder.c_str());
    }

    static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept {
        auto& hop = *static_cast<Hop*>(self);
        const std::string forbidden = forbidden_address(&address->addr, hop.rules_.allow_loopback);
        if (purpose != CURLSOCKTYPE_IPCXN || !forbidden.empty()) {
            hop.forbidden_ = forbidden;
            return CURL_SOCKET_BAD;
        }
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }

    static std::size_t on_header(char*, std::size_t size, std::size_t count, void* self) noexcept {
        auto& hop = *static_cast<Hop*>(self);
        hop.header_bytes_ += size * count;
        return hop.header_bytes_ > most_header_bytes ? 0 : size * count;
    }

    /// Taking less than was offered ends the transfer.
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
        auto& hop = *static_cast<Hop*>(self);
        const std::size_t offered = size * count;
        if (is_redirect(hop.status())) {   // a body there is for people with old browsers
            hop.skipped_ += offered;
            return hop.skipped_ > hop.rules_.most_bytes ? 0 : offered;
        }
        if (!is_text(hop.type())) {
            hop.foreign_type_ = true;
            return 0;
        }
        const std::size_t taken = std::min(offered, hop.rules_.most_bytes - hop.body_.size());
        hop.body_.append(bytes, taken);
        hop.cut_ = taken < offered;
        return taken;
    }

    const FetchRules& rules_;
    List resolve_;
    std::size_t header_bytes_ = 0;
    std::size_t skipped_ = 0;
    std::string body_;
    std::string forbidden_;
    bool foreign_type_ = false;
    bool cut_ = false;
    Easy easy_;
};

FetchAnswer failed(const std::string& url, const std::string& reason) {
    return {.text = "\"" + url.substr(0, 300) + "\" was not fetched: " + reason + "."};
}

std::string reason_of(CURLcode code, const Hop& hop, const std::stop_token& stop) {
    if (stop.stop_requested()) return "it was stopped";
    // Of several addresses one that may be asked is enough, so this is the reason only where there was no other.
    if (!hop.forbidden().empty() && code == CURLE_COULDNT_CONNECT)
        return "it leads to " + hop.forbidden() + ", and only addresses of the public internet are asked";
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST: return "no address was found for its host";
        case CURLE_COULDNT_CONNECT: return "nobody answers at its address";
        case CURLE_OPERATION_TIMEDOUT: return "it took too long";
        case CURLE_PEER_FAILED_VERIFICATION: return "the server's certificate could not be verified";
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE: return "the connection ended in the middle of the answer";
        case CURLE_WRITE_ERROR: return "it answers with too much beside its content";
        default: return curl_easy_strerror(code);
    }
}

FetchAnswer told(Hop& hop, const std::string& url) {
    std::string& body = hop.body();
    if (hop.cut()) body.resize(whole_characters(body));
    if (looks_binary(body)) return failed(url, "what it holds is no text, although it is called " + hop.type());
    const long status = hop.status();
    std::string text = "HTTP " + std::to_string(status) + ", " + (hop.type().empty() ? "no content" : hop.type()) +
                       ", " + url + "\n\n" + body;
    if (hop.cut()) {
        text += "\n[the first " + std::to_string(body.size()) + " bytes";
        text += hop.announced() > 0 ? " of " + std::to_string(hop.announced()) + "]" : "; there is more]";
    }
    return {.ok = status >= 200 && status < 300, .text = std::move(text)};
}

}  // namespace

FetchAnswer http_fetch(const std::string& first, const FetchRules& rules, const std::stop_token& stop) {
    const auto deadline = Clock::now() + rules.timeout;
    std::string address = first;
    bool secure = false;
    for (int hops = 0; hops <= rules.most_redirects; ++hops) {
        const Url url(curl_url());
        if (!url) return failed(address, "there is no memory left");
        if (const std::string wrong = wrong_url(url.get(), address, rules.allow_loopback); !wrong.empty())
            return failed(address, (hops > 0 ? "a redirect leads there, and " : "") + wrong);
        const bool now_secure = part(url.get(), CURLUPART_SCHEME) == "https";
        if (secure && !now_secure) return failed(address, "a redirect leads there from https, without encryption");
        secure = now_secure;

        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return failed(address, "it took too long");
        Hop hop(rules, url.get());
        const CURLcode code = hop.run(left, stop);
        const std::string target = code == CURLE_OK ? hop.redirect() : std::string();
        if (!target.empty()) {
            address = target;
            continue;
        }
        if (hop.foreign_type())
            return failed(address, "it is " + (hop.type().empty() ? "of no declared type" : hop.type()) +
                                       ", and only text and JSON are read");
        if (code != CURLE_OK && !hop.cut()) return failed(address, reason_of(code, hop, stop));
        return told(hop, part(url.get(), CURLUPART_URL));
    }
    return failed(first, "it redirects more than " + std::to_string(rules.most_redirects) + " times");
}

}  // namespace cortex::cli
