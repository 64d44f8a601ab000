// curl_floor URL MODES N: the same turns as turn_driver's by a bare loop over libcurl, which parses nothing: the floor under any
// client that is made of libcurl. Alone: one easy handle, used again and again. A hundred at once: one multi handle on epoll.

#include "driver.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// One request that is sent again and again, and the bytes of its answer.
class Request {
public:
    Request(const std::string& url, bool streaming)
        : Request(url, body("", std::string(R"({"role":"user","content":[{"type":"text","text":")") + bench::user_message + "\"}]}", streaming),
                  streaming ? "\"text_delta\"" : "\"end_turn\"", streaming ? bench::deltas_per_answer : 1) {}

    /// An answer is right if it holds `mark` so many times.
    Request(const std::string& url, std::string body, std::string_view mark, std::size_t marks)
        : mark_(mark), marks_(marks), easy_(curl_easy_init()), body_(std::move(body)) {
        for (const char* line :
             {"content-type: application/json", "anthropic-version: 2023-06-01", "x-api-key: k", "Expect:"})
            headers_ = curl_slist_append(headers_, line);
        curl_easy_setopt(easy_, CURLOPT_URL, (url + "/v1/messages").c_str());
        curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body_.c_str());
        curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Request::take);
        curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    ~Request() {
        curl_easy_cleanup(easy_);
        curl_slist_free_all(headers_);
    }

    static std::string body(std::string_view tools, std::string_view messages, bool streaming) {
        std::string out = std::string(R"({"model":")") + bench::model + R"(","max_tokens":8192,)";
        out.append(tools).append(R"("system":")").append(bench::system_prompt).append(R"(","messages":[)").append(messages);
        return out.append("]").append(streaming ? R"(,"stream":true})" : "}");
    }

    CURL* handle() const noexcept { return easy_; }

    void begin() {
        answer_.clear();
        start_ = bench::Clock::now();
    }

    /// Counts what a reader of the answer would find; nothing is parsed.
    bench::Clock::duration end(CURLcode code) const {
        if (code != CURLE_OK) bench::fail(curl_easy_strerror(code));
        std::size_t found = 0;
        for (std::size_t at = answer_.find(mark_); at != std::string::npos; at = answer_.find(mark_, at + 1)) ++found;
        if (found != marks_) bench::fail("an answer was wrong or empty");
        return bench::Clock::now() - start_;
    }

private:
    static std::size_t take(char* bytes, std::size_t size, std::size_t count, void* self) {
        static_cast<Request*>(self)->answer_.append(bytes, size * count);
        return size * count;
    }

    std::string_view mark_;
    std::size_t marks_;
    CURL* easy_;
    curl_slist* headers_ = nullptr;
    std::string body_;
    std::string answer_;
    bench::Clock::time_point start_;
};

/// Many requests at once on one thread, as curl's documentation builds it for epoll.
class Crowd {
public:
    Crowd(const std::string& url, bool streaming) : multi_(curl_multi_init()), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Crowd::socket_wish);
        curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Crowd::timer_wish);
        curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
        for (std::size_t i = 0; i < bench::sessions_at_once; ++i)
            requests_.push_back(std::make_unique<Request>(url, streaming));
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() {
        requests_.clear();
        curl_multi_cleanup(multi_);
        close(epoll_);
    }

    template <class F>
    void run(std::size_t turns, F&& done) {
        std::size_t left = turns;
        std::size_t running = 0;
        const auto start = [&](Request& request) {
            if (left == 0) return;
            --left;
            ++running;
            request.begin();
            curl_multi_add_handle(multi_, request.handle());
        };
        for (const auto& request : requests_) start(*request);
        while (running > 0) {
            std::array<epoll_event, 128> events;
            const int count =
                epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(timeout_));
            int still = 0;
            if (count <= 0 || timeout_ == 0) {
                timeout_ = -1;
                curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &still);
            }
            for (int i = 0; i < count; ++i) {
                const epoll_event& got = events[static_cast<std::size_t>(i)];
                const int flags = ((got.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                                  ((got.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                                  ((got.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
                curl_multi_socket_action(multi_, got.data.fd, flags, &still);
            }
            int more = 0;
            while (const CURLMsg* message = curl_multi_info_read(multi_, &more)) {
                const CURLcode code = message->data.result;
                CURL* const easy = message->easy_handle;
                char* self = nullptr;
                curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
                auto& request = *reinterpret_cast<Request*>(self);
                curl_multi_remove_handle(multi_, easy);
                --running;
                done(request.end(code));
                start(request);
            }
        }
    }

private:
    static int socket_wish(CURL*, curl_socket_t socket, int what, void* self, void* known) {
        const int epoll = static_cast<Crowd*>(self)->epoll_;
        if (what == CURL_POLL_REMOVE) {
            epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
            curl_multi_assign(static_cast<Crowd*>(self)->multi_, socket, nullptr);
            return 0;
        }
        epoll_event event{};
        event.events = ((what & CURL_POLL_IN) != 0 ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                       ((what & CURL_POLL_OUT) != 0 ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
        event.data.fd = socket;
        epoll_ctl(epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
        curl_multi_assign(static_cast<Crowd*>(self)->multi_, socket, self);
        return 0;
    }

    static int timer_wish(CURLM*, long milliseconds, void* self) {
        static_cast<Crowd*>(self)->timeout_ = milliseconds;
        return 0;
    }

    CURLM* multi_;
    int epoll_;
    long timeout_ = -1;
    std::vector<std::unique_ptr<Request>> requests_;
};

bench::Clock::duration turn(Request& request) {
    request.begin();
    return request.end(curl_easy_perform(request.handle()));
}

/// The two requests of a turn with one call, their bodies made before.
class ToolTurn {
public:
    explicit ToolTurn(const std::string& url)
        : ask_(url, Request::body(tools, asked(), false), "\"tool_use\",\"id\"", 1), tell_(url, Request::body(tools, asked() + told, false), "\"end_turn\"", 1) {}

    bench::Clock::duration turn() { return ::turn(ask_) + ::turn(tell_); }

private:
    static std::string asked() {
        return std::string(R"({"role":"user","content":[{"type":"text","text":")") + bench::add_message + "\"}]}";
    }
    static constexpr const char* tools =
        R"("tools":[{"name":"add","description":"Adds two whole numbers.","input_schema":{"type":"object","properties":)"
        R"({"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}}],)";
    static constexpr const char* told =
        R"(,{"role":"assistant","content":[{"type":"tool_use","id":"toolu_01Bench","name":"add","input":{"a":17,"b":25}}]},)"
        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01Bench","content":[{"type":"text","text":"42"}]}]})";

    Request ask_;
    Request tell_;
};

/// Measures turns one after the other.
template <class Turn>
void alone(std::string_view mode, std::size_t turns, const char* version, Turn&& turn) {
    for (std::size_t i = 0; i < bench::warm_up_turns; ++i) turn();
    bench::Measure measure(turns);
    for (std::size_t i = 0; i < turns; ++i) measure.turn(turn());
    measure.report(mode, version);
}

}  // namespace

int main(int argc, char** argv) {
    const auto asked = bench::arguments(argc, argv, {"json", "stream", "json100", "stream100", "tool"});
    curl_global_init(CURL_GLOBAL_ALL);
    const char* const version = curl_version_info(CURLVERSION_NOW)->version;
    for (const auto& mode : asked.modes) {
        const bool streaming = mode.starts_with("stream");
        if (mode.ends_with("100")) {
            Crowd crowd(asked.url, streaming);
            crowd.run(bench::warm_up_turns, [](bench::Clock::duration) {});
            bench::Measure measure(asked.turns);
            crowd.run(asked.turns, [&measure](bench::Clock::duration wall) { measure.turn(wall); });
            measure.report(mode, version);
        } else if (mode == "tool") {
            ToolTurn two(asked.url);
            alone(mode, asked.turns, version, [&two] { return two.turn(); });
        } else {
            Request request(asked.url, streaming);
            alone(mode, asked.turns, version, [&request] { return turn(request); });
        }
    }
}
