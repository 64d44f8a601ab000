#pragma once
// Writes an answer in the Messages format: one JSON object, or the event stream.

#include "answer.hpp"
#include "anthropic_call.hpp"
#include "anthropic_thinking.hpp"
#include "anthropic_usage.hpp"

#include <string>
#include <vector>

namespace emulator {

struct MessageFrame {
    std::string id;  ///< of the message
    std::string request_id;
    InputTokens input;
};

/// Signs the thinking of a composed answer and hides it where the request asks for that; reports the output's tokens.
void finish_thinking(Answer& answer, const AnthropicCall& call, const ThinkingSigner& signer);

[[nodiscard]] std::string message_json(const Answer& answer, const AnthropicCall& call, const MessageFrame& frame);

/// One string for each event.
[[nodiscard]] std::vector<std::string> message_events(const Answer& answer, const AnthropicCall& call,
                                                      const MessageFrame& frame, const StreamFaults& faults);

}  // namespace emulator
