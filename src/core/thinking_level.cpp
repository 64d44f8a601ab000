#include "core/legal_params.hpp"

namespace cortex {

std::string_view to_string(ThinkingLevel level) noexcept {
    switch (level) {
        case ThinkingLevel::off: return "off";
        case ThinkingLevel::low: return "low";
        case ThinkingLevel::medium: return "medium";
        case ThinkingLevel::high: return "high";
        case ThinkingLevel::max: return "max";
    }
    return "off";
}

}  // namespace cortex
