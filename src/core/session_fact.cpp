#include "core/session_fact.hpp"

namespace cortex {

std::string_view to_string(TurnOutcome outcome) noexcept {
    switch (outcome) {
        case TurnOutcome::answered: return "answered";
        case TurnOutcome::cancelled: return "cancelled";
        case TurnOutcome::failed: return "failed";
    }
    return "failed";
}

}  // namespace cortex
