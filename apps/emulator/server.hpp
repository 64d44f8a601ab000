#pragma once
// The sockets: accepts connections, reads requests, writes replies with their faults. One thread does it all.

#include "service.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace emulator {

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;   ///< 0: the system chooses
    std::string certificate;  ///< PEM files; empty: no TLS
    std::string private_key;
};

class Server {
public:
    /// Opens the port; throws std::exception with a readable reason.
    Server(ServerOptions options, Service& service);
    ~Server();

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Ends run() when the process behind this pidfd ends. Takes the descriptor over.
    void end_with(int process_descriptor);

    /// Serves until SIGTERM or SIGINT.
    void run();

private:
    class Listener;
    std::unique_ptr<Listener> listener_;
};

}  // namespace emulator
