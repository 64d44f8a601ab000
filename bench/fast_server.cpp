// fast_server [--port N] [--drip MILLISECONDS]: a plain upstream that costs as little as it can, for the drivers to run against.
// It answers as Anthropic, as OpenAI (Responses, Chat Completions) and as Gemini, by the path: with one fixed message or, where a stream is asked for, with the
// same text in 50 deltas, all in one write. Below /down each second request gets a 503. Of Anthropic: Where the newest message says "CALL_ADD:" the answer is one call of the tool `add` instead, and where it says
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

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

std::string joined(std::initializer_list<std::string_view> pieces) {
    std::string out;
    for (const std::string_view piece : pieces) out.append(piece);
    return out;
}

std::string piece(int number) { return "piece " + std::to_string(number + 10) + ", "; }

std::string all_pieces() {
    std::string out;
    for (int i = 0; i < 50; ++i) out += piece(i);
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

std::string whole_body(std::string_view body) {
    return joined({"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: req_bench\r\nContent-Length: ", std::to_string(body.size()), "\r\n\r\n", body});
}

/// What a vendor's stream is made of.
struct Wire {
    std::string start;
    std::string (*delta)(std::string_view text);   ///< As events.
    std::string end;
    std::string whole;                             ///< An answer that does not stream, with its head.

    std::string stream() const {
        std::string events = start;
        for (int i = 0; i < 50; ++i) events += delta(piece(i));
        return std::string(stream_head) + chunk(events + end) + "0\r\n\r\n";
    }
};

std::string unnamed(std::string_view json) { return joined({"data: ", json, "\n\n"}); }
std::string named(std::string_view name, std::string_view json) {
    std::string out;
    event(out, name, json);
    return out;
}

std::string delta_json(std::string_view text) {
    return joined({R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")", text, "\"}}"});
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

std::string whole_message(std::string_view content, std::string_view stop_reason) {
    std::string body =
        R"({"id":"msg_01Bench","type":"message","role":"assistant","model":"claude-sonnet-5","content":[)";
    body.append(content).append(R"(],"stop_reason":")").append(stop_reason);
    body.append(R"(","stop_sequence":null,"usage":{"input_tokens":120,"output_tokens":150}})");
    return whole_body(body);
}

Wire anthropic() {
    std::string end;
    event(end, "content_block_stop", R"({"type":"content_block_stop","index":0})");
    event(end, "message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":150}})");
    event(end, "message_stop", R"({"type":"message_stop"})");
    return {.start = stream_start(),
            .delta = [](std::string_view text) { return named("content_block_delta", delta_json(text)); },
            .end = std::move(end),
            .whole = whole_message(joined({R"({"type":"text","text":")", all_pieces(), "\"}"}), "end_turn")};
}

Wire responses() {
    const auto response = [](std::string_view status, std::string_view output, std::string_view usage) {
        return joined({R"({"id":"resp_01Bench","object":"response","created_at":1,"status":")", status,
                       R"(","error":null,"incomplete_details":null,"instructions":null,"metadata":{},"model":"gpt-5.4","output":[)", output,
                       R"(],"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":)", usage, "}"});
    };
    const auto part = [](std::string_view text) { return joined({R"({"type":"output_text","annotations":[],"text":")", text, "\"}"}); };
    const auto message = [](std::string_view status, std::string_view content) {
        return joined({R"({"id":"msg_01","type":"message","status":")", status, R"(","role":"assistant","content":[)", content, "]}"});
    };
    const std::string usage =
        R"({"input_tokens":120,"input_tokens_details":{"cached_tokens":0},"output_tokens":150,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":270})";
    const std::string whole = response("completed", message("completed", part(all_pieces())), usage);
    Wire wire{.start = {},
              .delta = [](std::string_view text) {
                  return named("response.output_text.delta",
                               joined({R"({"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_01","output_index":0,"content_index":0,"logprobs":[],"delta":")", text, "\"}"}));
              },
              .end = {},
              .whole = whole_body(whole)};
    wire.start = named("response.created", joined({R"({"type":"response.created","sequence_number":0,"response":)", response("in_progress", "", "null"), "}"})) +
                 named("response.output_item.added", joined({R"({"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":)", message("in_progress", ""), "}"})) +
                 named("response.content_part.added", joined({R"({"type":"response.content_part.added","sequence_number":3,"item_id":"msg_01","output_index":0,"content_index":0,"part":)", part(""), "}"}));
    wire.end = named("response.output_text.done", joined({R"({"type":"response.output_text.done","sequence_number":54,"item_id":"msg_01","output_index":0,"content_index":0,"logprobs":[],"text":")", all_pieces(), "\"}"})) +
               named("response.output_item.done", joined({R"({"type":"response.output_item.done","sequence_number":55,"output_index":0,"item":)", message("completed", part(all_pieces())), "}"})) +
               named("response.completed", joined({R"({"type":"response.completed","sequence_number":56,"response":)", whole, "}"}));
    return wire;
}

Wire chat() {
    constexpr std::string_view usage = R"({"prompt_tokens":120,"completion_tokens":150,"total_tokens":270})";
    static constexpr std::string_view head = R"({"id":"chatcmpl-01Bench","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[)";
    return {.start = unnamed(joined({head, R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})"})),
            .delta = [](std::string_view text) { return unnamed(joined({head, R"({"index":0,"delta":{"content":")", text, R"("},"finish_reason":null}]})"})); },
            .end = unnamed(joined({head, R"({"index":0,"delta":{},"finish_reason":"stop"}]})"})) + unnamed(joined({head, R"(],"usage":)", usage, "}"})) + "data: [DONE]\n\n",
            .whole = whole_body(joined({R"({"id":"chatcmpl-01Bench","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":")",
                                        all_pieces(), R"("}}],"usage":)", usage, "}"}))};
}

Wire gemini() {
    constexpr std::string_view usage = R"({"promptTokenCount":120,"candidatesTokenCount":150,"totalTokenCount":270})";
    static constexpr std::string_view head = R"({"candidates":[{"content":{"role":"model","parts":[{"text":")";
    static constexpr std::string_view tail = R"("modelVersion":"gemini-2.5-pro","responseId":"r01Bench"})";
    return {.start = {},
            .delta = [](std::string_view text) { return unnamed(joined({head, text, R"("}]},"index":0}],)", tail})); },
            .end = unnamed(joined({head, R"("}]},"finishReason":"STOP","index":0}],"usageMetadata":)", usage, ",", tail})),
            .whole = whole_body(joined({head, all_pieces(), R"("}]},"finishReason":"STOP","index":0}],"usageMetadata":)", usage, ",", tail}))};
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

/// A vendor, ready to be sent.
struct Vendor {
    std::string_view path;        ///< Its requests' begins so.
    std::string start;            ///< Of a stream that drips, with its head.
    std::string stream;
    std::string whole;
    std::string drip;             ///< One delta, as a chunk.
    std::size_t drip_time_at = 0;
};

constexpr std::string_view no_time = "00000000000000000000 ";

Vendor vendor(std::string_view path, const Wire& wire) {
    Vendor out{.path = path, .start = std::string(stream_head), .stream = wire.stream(), .whole = wire.whole, .drip = chunk(wire.delta(no_time))};
    if (!wire.start.empty()) out.start += chunk(wire.start);
    out.drip_time_at = out.drip.find(no_time);
    return out;
}

struct Connection {
    int socket = -1;
    const Vendor* vendor = nullptr;   // of a stream that drips
    std::string in;
    std::string out;  // what the socket did not take
    std::size_t drip_slot = 0;  // 1 + slice, for a stream that drips
    std::size_t drip_index = 0;
};

class Server {
public:
    Server(std::uint16_t port, long drip_ms) : drip_ms_(drip_ms), one_call_(one_call()), many_calls_(many_calls()) {
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
        std::string_view path = head.substr(0, head.find("\r\n"));
        path.remove_prefix(std::min(path.find('/'), path.size()));
        const bool down = path.starts_with("/down/");
        if (down) path.remove_prefix(5);
        const Vendor* asked = nullptr;
        for (const Vendor& each : vendors_)
            if (path.starts_with(each.path)) asked = &each;
        if (asked == nullptr) {
            send_out(connection, refusal("404 Not Found"));
        } else if (down && ++down_ % 2 == 1) {
            send_out(connection, refusal("503 Service Unavailable"));
        } else if (!asks_for_stream(body) && path.find(":streamGenerateContent") == std::string_view::npos) {
            send_out(connection, asked == &vendors_.front() ? whole_answer(body) : asked->whole);
        } else if (drip_ms_ > 0) {
            send_out(connection, asked->start);
            connection.vendor = asked;
            enlist(connection);
        } else {
            send_out(connection, asked->stream);
        }
        connection.in.erase(0, whole);
        return true;
    }

    /// A call that was asked for, until its result is there.
    const std::string& whole_answer(std::string_view body) const {
        const std::size_t asked = body.rfind("\"CALL_");
        if (asked == std::string_view::npos || body.find("\"tool_result\"", asked) != std::string_view::npos) return vendors_.front().whole;
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
            Vendor& its = vendors_[static_cast<std::size_t>(connection->vendor - vendors_.data())];
            std::memcpy(its.drip.data() + its.drip_time_at, digits, 20);
            send_out(*connection, its.drip);
        }
    }

    long drip_ms_;
    std::vector<Vendor> vendors_{vendor("/v1/messages ", anthropic()), vendor("/v1/responses ", responses()), vendor("/v1/chat/completions ", chat()),
                                 vendor("/v1beta/models/", gemini())};
    std::size_t down_ = 0;        // requests below /down
    std::string one_call_;
    std::string many_calls_;
    int listener_ = -1;
    int epoll_ = -1;
    int drip_timer_ = -1;
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
