#pragma once

#include <cortex/run.hpp>

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::cli {

/// Says whether a call that needs it may run: by itself, or by asking at the terminal. Never blocks: whoever follows the turn
/// watches standard input while `asking`.
class Approver {
public:
    enum class Way {
        allow,  ///< Every call runs.
        ask,  ///< A person is at the terminal.
        nobody,  ///< It should be asked, and nobody is there: every call is refused, and the user told once.
        refuse,  ///< The user wants no call to run.
    };
    explicit Approver(Way way) : way_(way) {}

    /// False where every call runs, so that no tool needs to ask.
    bool asks_at_all() const noexcept { return way_ != Way::allow; }

    struct Answer {
        std::string request_id = {};
        Approval approval = {};
    };

    /// Takes a question in; returns what can be answered at once.
    std::vector<Answer> ask(ApprovalRequest request);
    /// Nobody waits for this answer any more.
    void withdraw(std::string_view request_id);
    /// A question stands at the terminal.
    bool asking() const noexcept { return !questions_.empty(); }
    /// Standard input has something: reads a line, and returns the answers that follow from it.
    std::vector<Answer> read();
    /// The question again, where something else was printed meanwhile.
    void repeat() const;
    /// Forgets all questions: the turn is over.
    void clear();

private:
    std::vector<Answer> answer(std::string_view line);
    std::vector<Answer> settle(Approval approval);
    void show_first();

    Way way_;
    bool told_ = false;
    bool editing_ = false;  ///< The first question waits for arguments.
    std::deque<ApprovalRequest> questions_;
    std::set<std::string> always_;  ///< Tools that need not ask again.
};

}  // namespace cortex::cli
