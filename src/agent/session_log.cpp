#include "agent/session_log.hpp"

namespace cortex::agent {

void SessionState::apply(const SessionFact& fact) {
    if (const auto* user = std::get_if<UserMessageAdded>(&fact)) {
        turn_begins_at_ = messages_.size();
        ++turns_begun_;
        messages_.push_back(user->message);
    } else if (const auto* output = std::get_if<ModelOutputCommitted>(&fact)) {
        // An empty answer is legal, but no vendor takes an empty assistant message back.
        if (!output->message->content.empty()) messages_.push_back(output->message);
    } else if (const auto* ended = std::get_if<TurnEnded>(&fact)) {
        usage_ += ended->usage;
        switch (ended->outcome) {
            case TurnOutcome::answered: ++turns_answered_; break;
            case TurnOutcome::cancelled:
                if (ended->partial) messages_.push_back(ended->partial);
                break;
            case TurnOutcome::failed: messages_.resize(turn_begins_at_); break;
        }
        turn_begins_at_ = messages_.size();
    }
}

SessionState fold(const std::vector<SessionFact>& facts) {
    SessionState state;
    for (const SessionFact& fact : facts) state.apply(fact);
    return state;
}

}  // namespace cortex::agent
