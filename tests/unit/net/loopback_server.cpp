#include "loopback_server.hpp"

#include "core/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace cortex::net::test {
namespace {

class PlainStream final : public ByteStream {
public:
    explicit PlainStream(int fd) : fd_(fd) {}
    std::size_t read(char* to, std::size_t size) override {
        const auto count = ::recv(fd_, to, size, 0);
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    bool write(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

private:
    int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bound_socket(std::uint16_t& port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0)
        throw std::runtime_error("no loopback port");
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

std::string ServerRequest::header(std::string_view name) const {
    for (std::size_t begin = 0; begin < head.size();) {
        const std::size_t end = std::min(head.find("\r\n", begin), head.size());
        const std::string_view text = std::string_view(head).substr(begin, end - begin);
        const std::size_t colon = std::min(text.find(':'), text.size());
        if (iequals(text.substr(0, colon), name))
            return std::string(trim(text.substr(std::min(colon + 1, text.size()))));
        begin = end + 2;
    }
    return {};
}

bool Connection::next(ServerRequest& request) {
    char buffer[16384];
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
        const std::size_t count = stream_->read(buffer, sizeof buffer);
        if (count == 0) return false;
        pending_.append(buffer, count);
    }
    const std::size_t line_end = pending_.find("\r\n");
    request.line = pending_.substr(0, line_end);
    request.head = pending_.substr(line_end + 2, end + 2 - line_end - 2);
    pending_.erase(0, end + 4);
    const std::string length = request.header("content-length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (pending_.size() < wanted) {
        const std::size_t count = stream_->read(buffer, sizeof buffer);
        if (count == 0) return false;
        pending_.append(buffer, count);
    }
    request.body = pending_.substr(0, wanted);
    pending_.erase(0, wanted);
    return true;
}

bool Connection::answer(int status, std::string_view body, std::string_view extra_headers) {
    std::string out =
        "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    out.append(extra_headers).append("\r\n").append(body);
    return send(out);
}

bool Connection::chunk(std::string_view bytes) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return send(size + std::string(bytes) + "\r\n");
}

bool Connection::wait_for_close() {
    char buffer[4096];
    while (stream_->read(buffer, sizeof buffer) > 0) {
    }
    return true;
}

void Connection::reset() {
    const linger hard{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Connection::tunnel_to(std::uint16_t port) {
    const int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    if (connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        PlainStream far(other);
        char buffer[16384];
        pollfd ends[2] = {{fd_, POLLIN, 0}, {other, POLLIN, 0}};
        while (poll(ends, 2, -1) > 0) {
            const bool near_ready = ends[0].revents != 0;
            const std::size_t count =
                near_ready ? stream_->read(buffer, sizeof buffer) : far.read(buffer, sizeof buffer);
            const std::string_view bytes(buffer, count);
            if (count == 0 || !(near_ready ? far.write(bytes) : stream_->write(bytes))) break;
        }
    }
    close(other);
}

LoopbackServer::LoopbackServer(Script script, StreamFactory factory)
    : script_(std::move(script)), factory_(std::move(factory)) {
    if (!factory_) factory_ = [](int fd) { return std::make_unique<PlainStream>(fd); };
    listener_ = bound_socket(port_);
    if (listen(listener_, 512) != 0) throw std::runtime_error("cannot listen");
    acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
}

void LoopbackServer::accept_all() {
    while (true) {
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const int number = ++connections_;
        {
            const std::lock_guard lock(mutex_);
            open_.push_back(fd);
        }
        threads_.emplace_back([this, fd, number] {
            // OpenSSL writes without MSG_NOSIGNAL. Blocked here and not ignored: the client's thread must not need it.
            sigset_t pipe;
            sigemptyset(&pipe);
            sigaddset(&pipe, SIGPIPE);
            pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
            if (auto stream = factory_(fd)) {
                Connection connection(std::move(stream), fd, number);
                script_(connection);
            }
            const std::lock_guard lock(mutex_);
            std::erase(open_, fd);
            close(fd);
        });
    }
}

LoopbackServer::Script LoopbackServer::answering(std::function<std::string(const ServerRequest&)> body) {
    return [body = std::move(body)](Connection& connection) {
        ServerRequest request;
        while (connection.next(request) && connection.answer(200, body(request))) {
        }
    };
}

std::uint16_t closed_port() {
    std::uint16_t port = 0;
    close(bound_socket(port));
    return port;
}

}  // namespace cortex::net::test
