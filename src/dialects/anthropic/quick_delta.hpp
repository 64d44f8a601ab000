#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cortex::dialects::anthropic {

/// A text or thinking delta, which nine of ten events are.
struct QuickDelta {
    std::int64_t index = 0;
    bool thinking = false;
    std::string_view text = {};   ///< In the data itself, or in `unescaped`.
};

/// Reads a delta that is written the way the service writes it: these members in this order, nothing else. Anything
/// that differs by a byte, and texts with \u escapes, are left to the JSON parser. `data` must be valid UTF-8.
std::optional<QuickDelta> read_quick_delta(std::string_view data, std::string& unescaped);

}  // namespace cortex::dialects::anthropic
