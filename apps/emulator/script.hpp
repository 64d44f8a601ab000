#pragma once
// Scripted answers: a queue of steps, each of which may match on the request, give an answer, and misbehave.

#include "answer.hpp"
#include "http.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace emulator {

/// What a step says instead of an answer of the model; given before the request is even checked, as an edge server would.
struct RawAnswer {
    int status = 200;
    Headers headers;
    std::string body;
};

struct ErrorAnswer {
    int status = 500;
    std::string type;  ///< empty: the dialect's usual one for the status
    std::string message;
    std::string code;  ///< OpenAI's `code`, Anthropic's `details.error_code`
};

/// What goes wrong in a binary event stream.
struct FrameFault {
    enum class Kind { none, exception, error, message_crc, prelude_crc, payload, length, cut };
    Kind kind = Kind::none;
    std::size_t after_events = 0;  ///< good frames before it
    std::string type;              ///< of an exception, the code of an error
    std::string message;
    int original_status = 0;  ///< of a model's stream error; 0: not told
    std::string original_message;
};

struct Step {
    std::string match_model;
    std::string match_contains;  ///< text anywhere in the raw body
    std::string match_path;  ///< empty: the two generation routes
    int times = 1;  ///< how many requests it answers; < 0: all
    std::optional<Answer> answer;
    std::optional<RawAnswer> raw;
    std::optional<ErrorAnswer> error;
    Headers headers;  ///< added to whatever is answered
    Delivery delivery;
    StreamFaults faults;
    FrameFault frame;
    std::string stop_reason;  ///< replaces the reason of a composed answer

    [[nodiscard]] bool before_checks() const noexcept { return raw || error || delivery.drop; }
};

/// Reads one step, a list, or {"steps": [...]}. Throws Rejection with the place and the reason: a script with a typing error
/// must not pass as a shorter script.
[[nodiscard]] std::vector<Step> read_steps(const json::value& script);

class Script {
public:
    void add(std::vector<Step> steps);
    void clear() noexcept { steps_.clear(); }
    [[nodiscard]] std::size_t pending() const noexcept { return steps_.size(); }

    /// The first step that fits, or null. It stays in the queue until `used` tells that it answered.
    [[nodiscard]] const Step* find(const HttpRequest& request, std::string_view model) const;
    void used(const Step* step);

private:
    std::deque<Step> steps_;
};

}  // namespace emulator
