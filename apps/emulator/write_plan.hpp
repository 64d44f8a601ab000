#pragma once
// A reply as the list of writes that carry it, faults included: a plain function, so that it can be tested without a socket.

#include "http.hpp"

#include <string>
#include <vector>

namespace emulator {

enum class PlanEnd {
    keep_alive,  ///< the connection waits for the next request
    close,  ///< FIN: also the healthy end where the client asked for it
    reset,  ///< RST
    hang  ///< open and silent until the client leaves
};

struct WritePlan {
    std::string head;  ///< status line and headers; empty: not even these
    std::vector<std::string> writes;  ///< framed for the wire; one write each
    std::vector<std::size_t> body_bytes;  ///< of each write, without the framing
    PlanEnd end = PlanEnd::keep_alive;
};

/// `keep_alive`: what the client asked for.
[[nodiscard]] WritePlan plan_writes(const Reply& reply, bool keep_alive);

}  // namespace emulator
