#include "core/dialect.hpp"

#include <variant>

namespace cortex {

Usage usage_until_now(StreamDecoder& decoder) {
    std::vector<StreamEvent> end;
    decoder.on_end(end);
    Usage usage;
    for (const StreamEvent& event : end)
        if (const auto* failed = std::get_if<MessageFailed>(&event)) usage = failed->usage;
    return usage;
}

}  // namespace cortex
