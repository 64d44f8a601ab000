// fast_server [--port N] [--drip MILLISECONDS]: a plain upstream that costs as little as it can, for the drivers to run against.
// It answers POST /v1/messages with one fixed message or, where the body asks for "stream":true, with the same text in 50
// deltas, all in one write. Where the newest message says "CALL_ADD:" the answer is one call of the tool `add` instead, and where it says
// "CALL_MANY:", a thousand calls of the tool `work`; the fixed message follows once the results are there. With --drip a stream never ends: each open one gets one delta in every such period, which carries
// the time of its writing (CLOCK_MONOTONIC, ns). One thread, keep-alive, loopback only; the port is the first line of output.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t slices = 1000;  // a drip period is cut into so many ticks, so that the deltas are spread evenly

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

void event(std::string& out, std::string_view name, std::string_view data) {
    out.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

std::string delta_json(std::string_view text) {
    std::string out = R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")";
    return out.append(text).append("\"}}");
}

std::string stream_start() {
    std::string out;
    event(out, "message_start",
          R"({"type":"message_start","message":{"id":"msg_01Bench","type":"message","role":"assistant",)"
          R"("model":"claude-sonnet-5","content":[],"stop_reason":null,"stop_sequence":null,)"
          R"("usage":{"input_tokens":120,"output_tokens":1}}})");
    event(out, "content_block_start",
          R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
    event(out, "ping", R"({"type":"ping"})");
    return out;
}

std::string chunk(std::string_view bytes) {
    std::array<char, 16> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
    return std::string(size.data(), end).append("\r\n").append(bytes).append("\r\n");
}

constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    "request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string whole_stream() {
    std::string events = stream_start();
    for (int i = 0; i < 50; ++i)
        event(events, "content_block_delta", delta_json("piece " + std::to_string(i + 10) + ", "));
    event(events, "content_block_stop", R"({"type":"content_block_stop","index":0})");
    event(
        events, "message_delta",
        R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":150}})");
    event(events, "message_stop", R"({"type":"message_stop"})");
    return std::string(stream_head).append(chunk(events)).append("0\r\n\r\n");
}

std::string whole_message(std::string_view content, std::string_view stop_reason) {
    std::string body =
        R"({"id":"msg_01Bench","type":"message","role":"assistant","model":"claude-sonnet-5","content":[)";
    body.append(content).append(R"(],"stop_reason":")").append(stop_reason);
    body.append(R"(","stop_sequence":null,"usage":{"input_tokens":120,"output_tokens":150}})");
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: req_bench\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string whole_text() {
    std::string text = R"({"type":"text","text":")";
    for (int i = 0; i < 50; ++i) text.append("piece ").append(std::to_string(i + 10)).append(", ");
    return whole_message(text.append("\"}"), "end_turn");
}

std::string one_call() {
    return whole_message(R"({"type":"tool_use","id":"toolu_01Bench","name":"add","input":{"a":17,"b":25}})", "tool_use");
}

std::string many_calls() {
    std::string content;
    for (int i = 0; i < 1000; ++i) {
        if (i > 0) content.push_back(',');
        content.append(R"({"type":"tool_use","id":"toolu_01Bench)").append(std::to_string(100'000 + i));
        content.append(R"(","name":"work","input":{"number":)").append(std::to_string(i)).append("}}");
    }
    return whole_message(content, "tool_use");
}

std::string refusal(std::string_view status) {
    return std::string("HTTP/1.1 ").append(status).append("\r\nContent-Length: 0\r\n\r\n");
}

struct Connection {
    int socket = -1;
    std::string in;
    std::string out;  // what the socket did not take
    std::size_t drip_slot = 0;  // 1 + slice, for a stream that drips
    std::size_t drip_index = 0;
};

class Server {
public:
    Server(std::uint16_t port, long drip_ms) : drip_ms_(drip_ms), text_(whole_text()), stream_(whole_stream()), one_call_(one_call()), many_calls_(many_calls()) {
        listen_on(port);
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        watch(listener_, EPOLLIN, nullptr);
        if (drip_ms_ > 0) start_drip();
    }

    [[noreturn]] void serve() {
        std::vector<epoll_event> events(1024);
        for (;;) {
            const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            if (count < 0 && errno != EINTR) fail("epoll_wait");
            for (int i = 0; i < count; ++i) {
                const epoll_event& got = events[static_cast<std::size_t>(i)];
                if (got.data.ptr == nullptr) {
                    accept_all();
                } else if (got.data.ptr == this) {
                    drip();
                } else {
                    talk(static_cast<Connection*>(got.data.ptr), got.events);
                }
            }
        }
    }

private:
    void listen_on(std::uint16_t port) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) fail("bind");
        if (listen(listener_, 4096) != 0) fail("listen");
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        std::printf("%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
        std::fflush(stdout);
    }

    void watch(int descriptor, std::uint32_t events, void* tag) const {
        epoll_event event{};
        event.events = events;
        event.data.ptr = tag;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
    }

    void accept_all() const {
        for (;;) {
            const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0) return;
            const int on = 1;
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            auto* connection = new Connection;  // deleted in `drop`
            connection->socket = socket;
            watch(socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connection);
        }
    }

    void drop(Connection* connection) {
        if (connection->drip_slot > 0) {
            auto& slot = drips_[connection->drip_slot - 1];
            slot[connection->drip_index] = slot.back();
            slot[connection->drip_index]->drip_index = connection->drip_index;
            slot.pop_back();
        }
        close(connection->socket);
        delete connection;
    }

    void talk(Connection* connection, std::uint32_t events) {
        if (!connection->out.empty() && (events & EPOLLOUT) != 0) send_out(*connection, "");
        std::array<char, 65536> buffer;
        for (;;) {
            const ssize_t got = recv(connection->socket, buffer.data(), buffer.size(), 0);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return drop(connection);
            if (got < 0) break;
            connection->in.append(buffer.data(), static_cast<std::size_t>(got));
            if (static_cast<std::size_t>(got) < buffer.size()) break;
        }
        while (answer_one(*connection)) {
        }
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) drop(connection);
    }

    /// Answers the next whole request, if there is one.
    bool answer_one(Connection& connection) {
        const std::size_t head_end = connection.in.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        const std::string_view head(connection.in.data(), head_end);
        const std::size_t length = content_length(head);
        const std::size_t whole = head_end + 4 + length;
        if (connection.in.size() < whole) return false;
        const std::string_view body(connection.in.data() + head_end + 4, length);
        if (!head.starts_with("POST /v1/messages ")) {
            send_out(connection, refusal("404 Not Found"));
        } else if (!asks_for_stream(body)) {
            send_out(connection, whole_answer(body));
        } else if (drip_ms_ > 0) {
            send_out(connection, std::string(stream_head) + chunk(stream_start()));
            enlist(connection);
        } else {
            send_out(connection, stream_);
        }
        connection.in.erase(0, whole);
        return true;
    }

    /// A call that was asked for, until its result is there.
    const std::string& whole_answer(std::string_view body) const {
        const std::size_t asked = body.rfind("\"CALL_");
        if (asked == std::string_view::npos || body.find("\"tool_result\"", asked) != std::string_view::npos) return text_;
        return body.substr(asked + 6).starts_with("MANY:") ? many_calls_ : one_call_;
    }

    static std::size_t content_length(std::string_view head) {
        constexpr std::string_view name = "content-length:";
        for (std::size_t line = head.find('\n'); line != std::string_view::npos; line = head.find('\n', line + 1)) {
            std::string_view rest = head.substr(line + 1);
            if (rest.size() < name.size() || strncasecmp(rest.data(), name.data(), name.size()) != 0) continue;
            rest.remove_prefix(name.size());
            while (rest.starts_with(' ')) rest.remove_prefix(1);
            std::size_t value = 0;
            std::from_chars(rest.data(), rest.data() + rest.size(), value);
            return value;
        }
        return 0;
    }

    static bool asks_for_stream(std::string_view body) {
        const std::size_t at = body.find("\"stream\"");
        if (at == std::string_view::npos) return false;
        std::string_view rest = body.substr(at + 8);
        while (rest.starts_with(' ') || rest.starts_with(':')) rest.remove_prefix(1);
        return rest.starts_with("true");
    }

    static void send_out(Connection& connection, std::string_view bytes) {
        if (!connection.out.empty()) {
            connection.out.append(bytes);
            bytes = connection.out;
        }
        const ssize_t sent = send(connection.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        const std::size_t gone = sent > 0 ? static_cast<std::size_t>(sent) : 0;
        if (connection.out.empty()) {
            if (gone < bytes.size()) connection.out.assign(bytes.substr(gone));
        } else {
            connection.out.erase(0, gone);
        }
    }

    void start_drip() {
        drips_.resize(slices);
        std::string event_bytes;
        event(event_bytes, "content_block_delta", delta_json("00000000000000000000 "));
        drip_chunk_ = chunk(event_bytes);
        drip_time_at_ = drip_chunk_.find("00000000000000000000 ");
        drip_timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        const long tick_ns = drip_ms_ * 1'000'000 / static_cast<long>(slices);
        itimerspec period{};
        period.it_interval.tv_sec = tick_ns / 1'000'000'000;
        period.it_interval.tv_nsec = tick_ns % 1'000'000'000;
        period.it_value = period.it_interval;
        timerfd_settime(drip_timer_, 0, &period, nullptr);
        watch(drip_timer_, EPOLLIN, this);
    }

    void enlist(Connection& connection) {
        auto& slot = drips_[next_slice_];
        connection.drip_slot = next_slice_ + 1;
        connection.drip_index = slot.size();
        slot.push_back(&connection);
        // A stride that shares no factor with the number of slices spreads few streams over the whole period too.
        next_slice_ = (next_slice_ + 381) % slices;
    }

    void drip() {
        std::uint64_t ticks = 0;
        if (read(drip_timer_, &ticks, sizeof ticks) != static_cast<ssize_t>(sizeof ticks)) return;
        // Ticks that were missed are left out: a burst would measure this program, not its client.
        tick_ = (tick_ + ticks) % slices;
        for (Connection* connection : drips_[tick_]) {
            timespec now{};
            clock_gettime(CLOCK_MONOTONIC, &now);
            char digits[24];
            std::snprintf(digits, sizeof digits, "%020lld",
                          static_cast<long long>(now.tv_sec) * 1'000'000'000 + static_cast<long long>(now.tv_nsec));
            std::memcpy(drip_chunk_.data() + drip_time_at_, digits, 20);
            send_out(*connection, drip_chunk_);
        }
    }

    long drip_ms_;
    std::string text_;
    std::string stream_;
    std::string one_call_;
    std::string many_calls_;
    int listener_ = -1;
    int epoll_ = -1;
    int drip_timer_ = -1;
    std::string drip_chunk_;
    std::size_t drip_time_at_ = 0;
    std::size_t tick_ = 0;
    std::size_t next_slice_ = 0;
    std::vector<std::vector<Connection*>> drips_;
};

long number(const char* text) {
    char* end = nullptr;
    const long value = std::strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0) {
        std::fprintf(stderr, "not a number: %s\n", text);
        std::exit(2);
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    long port = 0;
    long drip_ms = 0;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 < argc && name == "--port") {
            port = number(argv[i + 1]);
        } else if (i + 1 < argc && name == "--drip") {
            drip_ms = number(argv[i + 1]);
        } else {
            std::fprintf(stderr, "usage: fast_server [--port N] [--drip MILLISECONDS]\n");
            return 2;
        }
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Server(static_cast<std::uint16_t>(port), drip_ms).serve();
}
