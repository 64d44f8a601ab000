#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cortex::net::test {

/// Bytes of one accepted connection; plain, or through TLS.
struct ByteStream {
    virtual ~ByteStream() = default;
    /// Zero at the end of the stream, or when it broke.
    virtual std::size_t read(char* to, std::size_t size) = 0;
    virtual bool write(std::string_view bytes) = 0;
};

/// What a client sent.
struct ServerRequest {
    std::string line;     ///< "POST /path HTTP/1.1"
    std::string head;     ///< All header lines, as sent.
    std::string body;
    std::string header(std::string_view name) const;
};

/// One connection, as a script sees it.
class Connection {
public:
    Connection(std::unique_ptr<ByteStream> stream, int fd, int number)
        : stream_(std::move(stream)), fd_(fd), number_(number) {}

    /// The next request, or false at the end of the connection.
    bool next(ServerRequest& request);
    bool send(std::string_view bytes) { return stream_->write(bytes); }
    /// A whole answer with Content-Length.
    bool answer(int status, std::string_view body, std::string_view extra_headers = {});
    /// A chunk of a chunked body; empty ends it.
    bool chunk(std::string_view bytes);
    /// Waits until the client closes its side.
    bool wait_for_close();
    /// Ends the connection with a reset instead of a normal close.
    void reset();
    /// Copies bytes in both directions between this connection and `port` until one of them ends (for proxies).
    void tunnel_to(std::uint16_t port);

    int number() const noexcept { return number_; }  ///< Of the server's connections, from 1.

private:
    std::unique_ptr<ByteStream> stream_;
    int fd_;
    int number_;
    std::string pending_;
};

/// Something that a test waits for and a server thread reports.
class Signal {
public:
    void set() {
        const std::lock_guard lock(mutex_);
        set_ = true;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return set_; });
    }
    bool is_set() const {
        const std::lock_guard lock(mutex_);
        return set_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

/// Turns an accepted descriptor into a stream (null if its handshake fails).
using StreamFactory = std::function<std::unique_ptr<ByteStream>(int fd)>;

/// A server on 127.0.0.1 with a port of its own. Each connection runs the script on a thread of its own; the destructor
/// shuts all of them down and joins.
class LoopbackServer {
public:
    using Script = std::function<void(Connection&)>;

    explicit LoopbackServer(Script script, StreamFactory factory = {});
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string url(std::string_view path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    int connections() const noexcept { return connections_; }

    /// A script that answers every request with 200 and what `body` says.
    static Script answering(std::function<std::string(const ServerRequest&)> body);

private:
    void accept_all();

    Script script_;
    StreamFactory factory_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::vector<int> open_;  // under mutex_
    std::list<std::thread> threads_;  // touched by the accepting thread, then by the destructor
    std::thread acceptor_;
};

/// A port of 127.0.0.1 on which nobody listens.
std::uint16_t closed_port();

}  // namespace cortex::net::test
