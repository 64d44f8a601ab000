#pragma once
// A blocking HTTP/1.1 client for the emulator's control routes: one request, one connection, loopback only.

#include <cstdint>
#include <string>
#include <string_view>

namespace cortex::testing {

struct LoopbackAnswer {
    int status = 0;
    std::string body;
};

/// Throws std::runtime_error when nobody listens or the answer cannot be read.
[[nodiscard]] LoopbackAnswer ask_loopback(std::uint16_t port, std::string_view method, std::string_view path,
                                          std::string_view body);

}  // namespace cortex::testing
