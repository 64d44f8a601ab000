#pragma once

#include "calls.hpp"

#include <string>
#include <vector>

namespace cortex::property {

/// Makes histories that sessions can have: answers of models that nobody asks any more, answers that the emulator really gave (with
/// its signatures, in its raw form), partial ones of cancelled turns, calls left open, neighbours of one role. Each ends with
/// a user's message, so that a request is due.
class Histories {
public:
    /// `asked`: the models whose real answers occur.
    Histories(SeededRng& rng, Vendors& vendors, const std::vector<Target>& asked) : rng_(rng), vendors_(vendors), asked_(asked) {}

    /// `real`: how many percent of the answers are asked for in process.
    History next(unsigned real);

    /// A user's message and what `target` answers to it, with calls and their results if it calls; appended to `history`.
    void talk_with(const Target& target, History& history);
    void add_user(History& history);

    /// The emulator refused a request, or no answer came of it: the first such sentence.
    const std::string& complaint() const noexcept { return complaint_; }
    int answers() const noexcept { return answers_; }

private:
    std::string task();
    void add_answer(History& history, unsigned real);
    bool add_real(History& history, const Target& target);
    void add_foreign(History& history);
    ContentBlock foreign_call(std::size_t number);
    ContentBlock foreign_thinking();
    void add_results(History& history);

    SeededRng& rng_;
    Vendors& vendors_;
    const std::vector<Target>& asked_;
    std::vector<ToolDefinition> tools_;
    std::string complaint_;
    int answers_ = 0;
};

}  // namespace cortex::property
