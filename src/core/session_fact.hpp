#pragma once

#include "core/content.hpp"
#include "core/stream_event.hpp"
#include "core/usage.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cortex {

/// How a turn ended, and so what history holds of it.
enum class TurnOutcome {
    answered,          ///< Committed.
    cancelled,         ///< The user message and what had arrived of the answer stay.
    failed,            ///< Before any tool ran: the turn leaves the conversation and stays in the log.
};
std::string_view to_string(TurnOutcome outcome) noexcept;

// The facts of a session, in the order in which they became true. Decisions are facts: they are read on replay, not taken again.
struct UserMessageAdded {
    std::int64_t turn = 0;
    MessagePtr message;
};
struct CallBegan {
    std::int64_t turn = 0;
    std::string provider;
    std::string model;
    std::string purpose;
};
struct ModelOutputCommitted {
    std::int64_t turn = 0;
    MessagePtr message;
    StopReason stop = StopReason::stop;
    Usage usage;
};
struct CallFailed {
    std::int64_t turn = 0;
    std::string code;
    Usage usage;
};
struct DecisionTaken {
    std::int64_t turn = 0;
    std::string what;                    ///< "thinking", "routing", ...
    std::vector<std::string> reasons;
};
struct TurnEnded {
    std::int64_t turn = 0;
    TurnOutcome outcome = TurnOutcome::answered;
    MessagePtr partial;                  ///< Cancelled: the text that had arrived, or null.
    Usage usage;                         ///< Of all calls of the turn.
};
/// A kind that this version does not know; kept as it came.
struct UnknownFact {
    std::string kind;
    int version = 1;
    std::string payload;
};

using SessionFact = std::variant<UserMessageAdded, CallBegan, ModelOutputCommitted, CallFailed, DecisionTaken, TurnEnded, UnknownFact>;

/// A fact as stores keep it. `payload` is a JSON object; `kind` and `version` say how to read it.
struct LogEntry {
    std::uint64_t seq = 0;
    std::string kind;
    int version = 1;
    std::string payload;
};

}  // namespace cortex
