#pragma once
// What the thinking of an answer with tool calls looked like when it went out: it must come back the same.

#include "answer.hpp"
#include "anthropic_call.hpp"

#include <deque>
#include <string>
#include <unordered_map>

namespace emulator {

/// Remembers the last answers that called tools, by the ids of their calls.
class IssuedAnswers {
public:
    void remember(const Answer& answer);

    /// The newest assistant message, if it came from here and still holds thinking, must hold all of it, in its order and place
    /// among the calls. Throws Rejection. (None at all is legal, except where manual thinking asks for it.)
    void check_latest(const AnthropicCall& call) const;

    void clear();

private:
    std::unordered_map<std::string, std::string> shape_of_;  ///< by the id of a call
    std::deque<std::string> ids_;  ///< oldest first
};

}  // namespace emulator
