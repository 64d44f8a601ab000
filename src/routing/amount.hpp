#pragma once

#include <cstdint>
#include <optional>

namespace cortex::routing {

/// What a call may cost or has cost.
struct Amount {
    std::optional<std::int64_t> money = 0;  ///< Nano-dollars. Nothing: the price is unknown, which is not free.
    std::int64_t tokens = 0;                ///< Input and output.

    friend bool operator==(const Amount&, const Amount&) = default;
};

}  // namespace cortex::routing
