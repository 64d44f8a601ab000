#pragma once

#include "core/legal_params.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::brain {

/// What is known when a turn begins. Views are read during the call only.
struct TurnFacts {
    std::string_view prompt;                ///< The new message.
    std::string_view system = {};           ///< The agent's system prompt.
    std::string_view last_prompt = {};      ///< The user's message of the turn before; empty on the first.
    std::string_view last_answer = {};      ///< The model's answer to it.
    std::int64_t turns = 0;                 ///< Turns before this one.
    std::size_t attachments = 0;
    std::size_t tools = 0;                  ///< Tools that the model may call.
    std::size_t tool_parameters = 0;        ///< The parameters of these tools together; 0 where nobody counted.
    // What happened in the turn before.
    int tool_errors = 0;                    ///< Tool calls that failed.
    int failed_checks = 0;                  ///< Arguments or answers that did not pass their schema.
    bool turn_failed = false;               ///< It ended in an error.
    std::optional<double> self_report = {}; ///< The model's own confidence, 0 to 1, where it was asked for.
    double drift = 0.0;                     ///< Distance from the goal, 0 to 1; 0 where no goal is tracked.
};

enum class TaskKind {
    greeting,
    thanks,
    lookup,
    chat,
    writing,
    extraction,
    coding,
    debugging,
    mathematics,
    reasoning,
    planning,
    analysis
};
std::string_view to_string(TaskKind kind) noexcept;

/// What a turn is worth, decided once when it begins.
struct Assessment {
    TaskKind kind = TaskKind::chat;
    double complexity = 0.0;      ///< 0 to 1, from the message.
    double uncertainty = 0.0;     ///< 0 to 1, from what happened before.
    double need = 0.0;            ///< 0 to 1, from both and from explicit wishes.
    double threshold = 0.5;
    bool hard = false;            ///< need >= threshold: the orchestrator answers.
    ThinkingLevel level = ThinkingLevel::off;
    std::int64_t budget = 0;      ///< Tokens: 1,024 at the threshold to 16,384 at need 1; 0 where `level` is off.
    std::vector<std::string> reasons;   ///< In words with numbers, most telling first.
};

/// Pure, deterministic, without I/O or clock. Estimated by weights that were fitted offline; see docs/thinking.md.
Assessment assess(const TurnFacts& facts);

}  // namespace cortex::brain
