#include "core/stream_event.hpp"

namespace cortex {

std::string_view to_string(StopReason reason) noexcept {
    switch (reason) {
        case StopReason::stop: return "stop";
        case StopReason::length: return "length";
        case StopReason::tool_calls: return "tool_calls";
        case StopReason::pause: return "pause";
        case StopReason::refusal: return "refusal";
        case StopReason::unknown: return "unknown";
    }
    return "unknown";
}

}  // namespace cortex
