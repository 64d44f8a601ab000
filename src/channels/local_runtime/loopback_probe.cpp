#include "channels/local_runtime/loopback_probe.hpp"

#include "channels/local_runtime/child_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string>

namespace cortex::channels {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool ready(int fd, short events, std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd watched{.fd = fd, .events = events, .revents = 0};
    return left > 0 && ::poll(&watched, 1, static_cast<int>(left)) == 1;
}

}  // namespace

std::optional<int> probe_loopback(int port, std::string_view path, std::string_view bearer, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    const Descriptor connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!connection) return std::nullopt;
    const sockaddr_in address = loopback(port);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface wants it
    if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        return std::nullopt;
    if (!ready(connection.get(), POLLOUT, until)) return std::nullopt;
    const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                "\r\nAuthorization: Bearer " + std::string(bearer) + "\r\nConnection: close\r\n\r\n";
    // So short a request fits into any socket's buffer whole.
    if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return std::nullopt;
    std::string head;  // "HTTP/1.1 200 ..."
    while (head.size() < 12) {
        if (!ready(connection.get(), POLLIN, until)) return std::nullopt;
        std::array<char, 64> buffer;
        const ssize_t got = ::recv(connection.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) return std::nullopt;
        head.append(buffer.data(), static_cast<std::size_t>(got));
    }
    int status = 0;
    if (!head.starts_with("HTTP/1.") || std::from_chars(head.data() + 9, head.data() + 12, status).ec != std::errc{})
        return std::nullopt;
    return status;
}

int free_loopback_port() {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
    if (!listener || ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 0;
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    return ntohs(address.sin_port);
}

}  // namespace cortex::channels
