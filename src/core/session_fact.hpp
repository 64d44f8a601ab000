#pragma once

#include "core/content.hpp"
#include "core/legal_params.hpp"
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
    failed_after_tools,  ///< Stays: no effect is hidden from the model.
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
    bool usage_known = true;
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
/// A call that is about to run: recorded before it may have any effect.
struct ToolIntended {
    std::int64_t turn = 0;
    std::string call_id;
    std::string name;
    std::string arguments;               ///< As they will be run: checked, and edited where an approval did so.
};
/// How a call of the model's ended.
enum class ToolEnding {
    succeeded,
    failed,            ///< The tool said so, or threw.
    refused,           ///< Never ran: no such tool, arguments that do not fit.
    denied,            ///< Never ran: whoever was asked said no.
    timed_out,         ///< Whether it took effect is not known.
    interrupted,       ///< The turn ended while it ran; whether it took effect is not known.
    not_started,       ///< The turn ended before it ran.
};
std::string_view to_string(ToolEnding ending) noexcept;

struct ToolEnded {
    std::int64_t turn = 0;
    std::string call_id;
    std::string name;
    ToolEnding ending = ToolEnding::succeeded;
};
/// The results of one round, in the order of the calls.
struct ToolResultsAdded {
    std::int64_t turn = 0;
    MessagePtr message;
};
/// The vendor refused the thinking of the history, as bound to another prefix: from here on it is left out.
struct ThinkingDropped {
    std::int64_t turn = 0;
    std::string reason;
};
/// A server said that this model takes no tools: it is not offered them again.
struct ToolsRefused {
    std::int64_t turn = 0;
    std::string provider;
    std::string model;
    std::string reason;
};
/// The level of thinking that a turn's first call was given.
struct LevelChosen {
    std::int64_t turn = 0;
    std::string model;
    ThinkingLevel level = ThinkingLevel::off;
};
struct TurnEnded {
    std::int64_t turn = 0;
    TurnOutcome outcome = TurnOutcome::answered;
    MessagePtr partial;                  ///< Cancelled, or failed after tools: the text that had arrived of the last answer, or null.
    Usage usage;                         ///< Of all calls of the turn.
};
/// A kind that this version does not know; kept as it came.
struct UnknownFact {
    std::string kind;
    int version = 1;
    std::string payload;
};

using SessionFact = std::variant<UserMessageAdded, CallBegan, ModelOutputCommitted, CallFailed, DecisionTaken, ToolIntended, ToolEnded,
                                 ToolResultsAdded, ThinkingDropped, ToolsRefused, LevelChosen, TurnEnded, UnknownFact>;

/// A fact as stores keep it. `payload` is a JSON object; `kind` and `version` say how to read it.
struct LogEntry {
    std::uint64_t seq = 0;
    std::string kind;
    int version = 1;
    std::string payload;
};

}  // namespace cortex
