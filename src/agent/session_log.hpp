#pragma once

#include "core/session_fact.hpp"

#include <cstdint>
#include <vector>

namespace cortex::agent {

/// What the facts of a session add up to. The only way to change it is to apply a fact, so state and log cannot disagree.
class SessionState {
public:
    void apply(const SessionFact& fact);

    /// The conversation as the next request sends it, the running turn's part included.
    const std::vector<MessagePtr>& messages() const noexcept { return messages_; }
    std::int64_t turns_begun() const noexcept { return turns_begun_; }
    std::int64_t turns_answered() const noexcept { return turns_answered_; }
    const Usage& usage() const noexcept { return usage_; }

private:
    std::vector<MessagePtr> messages_;
    std::size_t turn_begins_at_ = 0;      ///< Where the running turn's messages begin.
    std::int64_t turns_begun_ = 0;
    std::int64_t turns_answered_ = 0;
    Usage usage_;
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

private:
    std::vector<SessionFact> facts_;
    SessionState state_;
};

/// The state from nothing but the facts.
SessionState fold(const std::vector<SessionFact>& facts);

}  // namespace cortex::agent
