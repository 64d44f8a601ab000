#pragma once
// One model answer in a neutral shape, before a dialect writes it.

#include "json_util.hpp"

#include <string>
#include <vector>

namespace emulator {

/// Blocks have the shape of Anthropic content blocks: text, thinking (unsigned), redacted_thinking, tool_use, or anything a
/// script wants to send. Stop reasons are Anthropic's words; the OpenAI writer maps them.
struct Answer {
    std::vector<json::object> blocks;
    std::string stop_reason = "end_turn";
    std::string stop_sequence;  ///< non-empty: which one was hit
    json::value stop_details;  ///< null: absent
    json::object usage;  ///< members that replace the computed ones
    bool verbatim = false;  ///< a script wrote the blocks: signatures that it gives are kept
};

/// How a streamed answer misbehaves; the defaults are a healthy stream.
struct StreamFaults {
    int error_after_deltas = -1;  ///< >= 0: an error event after so many deltas, then the end
    std::string error_type = "overloaded_error";
    std::string error_message = "Overloaded";
    int malformed_after_deltas = -1;  ///< >= 0: an event whose data is broken JSON
    bool unknown_event = false;
    bool unknown_block = false;
    bool no_terminal = false;
};

}  // namespace emulator
