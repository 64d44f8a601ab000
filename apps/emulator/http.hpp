#pragma once
// What the server hands to the service and gets back. No sockets here: the service is a function of requests.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of this name, compared without case; null when there is none.
[[nodiscard]] const std::string* find_header(const Headers& headers, std::string_view name) noexcept;

struct HttpRequest {
    std::string method;
    std::string target;   ///< path and query as sent
    Headers headers;      ///< in the order and case they came in
    std::string body;
    std::uint64_t connection = 0;

    [[nodiscard]] std::string_view path() const noexcept {
        return std::string_view(target).substr(0, target.find('?'));
    }
};

/// How the bytes of a reply reach the client; the defaults are a healthy service.
struct Delivery {
    int delay_ms = 0;                             ///< silence before the head
    int gap_ms = 0;                               ///< silence between two writes
    std::size_t chunk_bytes = 0;                  ///< body bytes of one write; 0: one piece (one event) a write
    std::optional<std::size_t> cut_after_bytes;   ///< close after so many bytes of the body
    std::optional<std::size_t> hang_after_bytes;  ///< say nothing more after so many bytes of the body
    bool reset = false;                           ///< end a cut connection with RST instead of FIN
    bool drop = false;                            ///< close before the head
    bool gzip = false;                            ///< compress when the client accepts it
    bool force_gzip = false;                      ///< compress though the client did not ask
};

struct Reply {
    int status = 200;
    Headers headers;                  ///< content-type included; length, date and connection are the server's
    std::vector<std::string> pieces;  ///< the body; a streamed one has a piece for each event
    bool stream = false;              ///< chunked transfer, one write for each piece
    Delivery delivery;
};

}  // namespace emulator
