#include "testing/loopback_client.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace cortex::testing {

namespace {

class Socket {
public:
    explicit Socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (descriptor_ < 0) {
            throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr generic{};
        static_assert(sizeof generic == sizeof address);
        std::memcpy(&generic, &address, sizeof address);
        if (::connect(descriptor_, &generic, sizeof generic) != 0) {
            const int reason = errno;
            ::close(descriptor_);
            throw std::runtime_error(std::string("the emulator does not answer: ") + std::strerror(reason));
        }
    }

    ~Socket() { ::close(descriptor_); }

    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    void send_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                throw std::runtime_error("the emulator closed the connection");
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    [[nodiscard]] std::string read_to_end() const {
        std::string all;
        char buffer[16384];
        while (true) {
            const ssize_t count = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                throw std::runtime_error(std::string("cannot read the emulator's answer: ") + std::strerror(errno));
            }
            if (count == 0) {
                return all;
            }
            all.append(buffer, static_cast<std::size_t>(count));
        }
    }

private:
    int descriptor_;
};

}  // namespace

LoopbackAnswer ask_loopback(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body) {
    const Socket socket(port);
    std::string request;
    request += method;
    request += " ";
    request += path;
    request +=
        " HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ";
    request += std::to_string(body.size());
    request += "\r\n\r\n";
    request += body;
    socket.send_all(request);
    // Control answers carry a length and the connection closes after them, so the end of the stream is the end of the body.
    const std::string answer = socket.read_to_end();
    const std::size_t head_end = answer.find("\r\n\r\n");
    constexpr std::string_view start = "HTTP/1.1 ";
    if (head_end == std::string::npos || !answer.starts_with(start)) {
        throw std::runtime_error("the emulator's answer is no HTTP");
    }
    LoopbackAnswer result;
    const char* digits = answer.data() + start.size();
    std::from_chars(digits, digits + 3, result.status);
    result.body = answer.substr(head_end + 4);
    return result;
}

}  // namespace cortex::testing
