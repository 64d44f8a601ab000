#include "core/session_fact.hpp"

namespace cortex {

std::string_view to_string(TurnOutcome outcome) noexcept {
    switch (outcome) {
        case TurnOutcome::answered: return "answered";
        case TurnOutcome::cancelled: return "cancelled";
        case TurnOutcome::failed: return "failed";
        case TurnOutcome::failed_after_tools: return "failed_after_tools";
    }
    return "failed";
}

std::string_view to_string(ToolEnding ending) noexcept {
    switch (ending) {
        case ToolEnding::succeeded: return "succeeded";
        case ToolEnding::failed: return "failed";
        case ToolEnding::refused: return "refused";
        case ToolEnding::denied: return "denied";
        case ToolEnding::timed_out: return "timed_out";
        case ToolEnding::interrupted: return "interrupted";
        case ToolEnding::not_started: return "not_started";
    }
    return "failed";
}

}  // namespace cortex
