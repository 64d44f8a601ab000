#pragma once

#include "core/clock.hpp"
#include "core/session_fact.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::agent {

/// What the last turn leaves for the decisions about the next one.
struct LastTurn {
    std::string prompt;              ///< The user's text.
    std::string answer;              ///< All text that the model committed.
    int tool_errors = 0;             ///< Calls that ran and failed, or timed out.
    int failed_checks = 0;           ///< Calls that did not pass their schema, or named no tool.
    bool failed = false;             ///< It ended in an error.
};

/// What the facts of a session add up to. The only way to change it is to apply a fact, so state and log cannot disagree.
class SessionState {
public:
    void apply(const SessionFact& fact);

    /// The conversation as the next request sends it, the running turn's part included.
    const std::vector<MessagePtr>& messages() const noexcept { return messages_; }
    std::int64_t turns_begun() const noexcept { return turns_begun_; }
    std::int64_t turns_answered() const noexcept { return turns_answered_; }
    const Usage& usage() const noexcept { return usage_; }
    /// The turn before the running one; of an idle session the last.
    const LastTurn& last_turn() const noexcept { return last_; }
    /// Whether a model's answer was committed in the running turn.
    bool answered_in_turn() const noexcept { return answered_in_turn_; }
    /// Whether a tool began to run in the running turn.
    bool tool_ran() const noexcept { return tool_ran_; }

    /// The level that `model` was last given; off if it never thought.
    ThinkingLevel last_level(std::string_view model) const noexcept;

    /// Whether the model's server said that it takes no tools.
    bool tools_refused_by(std::string_view provider, std::string_view model) const noexcept;

    /// Tokens of the conversation: as the vendor counted them at the last call, and an estimate of what came since.
    struct Tokens {
        std::int64_t counted = 0;      ///< Includes system prompt and tools once anything was counted.
        std::int64_t estimated = 0;
    };
    Tokens tokens() const noexcept { return tokens_; }

private:
    void add(MessagePtr message);
    void end(const TurnEnded& ended);
    void drop_thinking();

    std::vector<MessagePtr> messages_;
    std::size_t turn_begins_at_ = 0;      ///< Where the running turn's messages begin.
    std::int64_t turns_begun_ = 0;
    std::int64_t turns_answered_ = 0;
    Usage usage_;
    LastTurn last_;
    LastTurn running_;
    bool tool_ran_ = false;
    bool answered_in_turn_ = false;
    std::vector<std::pair<std::string, std::string>> without_tools_;   ///< Provider and model.
    std::vector<std::pair<std::string, ThinkingLevel>> levels_;   ///< By model: a handful at most.
    Tokens tokens_;
    Tokens tokens_before_turn_;
};

struct ModelChoice;

/// What a vendor's prompt cache is known to hold of a conversation. No fact: it is worth nothing after a few minutes.
struct WarmPrompt {
    std::shared_ptr<const ModelChoice> by = {};   ///< The model; null: nothing is warm.
    std::int64_t tokens = 0;
    SteadyTime used{};
};

/// The append-only log of one session, in memory, with its running fold.
class SessionLog {
public:
    void append(SessionFact fact) {
        state_.apply(fact);
        facts_.push_back(std::move(fact));
    }
    const std::vector<SessionFact>& facts() const noexcept { return facts_; }
    const SessionState& state() const noexcept { return state_; }
    const WarmPrompt& warm() const noexcept { return warm_; }
    void keep_warm(WarmPrompt warm) { warm_ = std::move(warm); }

private:
    std::vector<SessionFact> facts_;
    SessionState state_;
    WarmPrompt warm_;
};

/// The state from nothing but the facts.
SessionState fold(const std::vector<SessionFact>& facts);

}  // namespace cortex::agent
