#include "approver.hpp"

#include "output.hpp"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace cortex::cli {
namespace {

constexpr const char* denied_by_user = "The user did not allow this call.";

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

}  // namespace

std::vector<Approver::Answer> Approver::ask(ApprovalRequest request) {
    switch (way_) {
        case Way::allow: return {{request.request_id, Approval::allow()}};
        case Way::refuse: return {{request.request_id, Approval::deny("The user allows no such calls.")}};
        case Way::nobody:
            if (!told_)
                say("The call of " + request.call.name +
                    " was refused, as it needs an approval and nobody is at a terminal. --approve always allows such "
                    "calls.");
            told_ = true;
            return {{request.request_id,
                     Approval::deny("This call needs the user's approval, and the user is not there.")}};
        case Way::ask: break;
    }
    if (always_.contains(request.call.name)) return {{request.request_id, Approval::allow()}};
    questions_.push_back(std::move(request));
    if (questions_.size() == 1) show_first();
    return {};
}

void Approver::withdraw(std::string_view request_id) {
    const auto found = std::find_if(questions_.begin(), questions_.end(),
                                    [&](const ApprovalRequest& request) { return request.request_id == request_id; });
    if (found == questions_.end()) return;
    const bool first = found == questions_.begin();
    questions_.erase(found);
    if (!first) return;
    editing_ = false;
    write_stderr("\n(nobody waits for this call any more)\n");
    if (asking()) show_first();
}

std::vector<Approver::Answer> Approver::read() {
    std::array<char, 8192> bytes;
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (count <= 0) {
        write_stderr("\n");
        return settle(Approval::deny(denied_by_user));
    }
    return answer(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
}

std::vector<Approver::Answer> Approver::answer(std::string_view line) {
    if (!asking()) return {};
    const std::string said = trimmed(line);
    if (editing_) {
        editing_ = false;
        if (!said.empty()) return settle(Approval::edit(said));
        repeat();
        return {};
    }
    const std::size_t blank = std::min(said.find(' '), said.size());
    const std::string word = said.substr(0, blank);
    if (word == "y" || word == "yes") return settle(Approval::allow());
    if (word == "a" || word == "always") {
        always_.insert(questions_.front().call.name);
        return settle(Approval::allow());
    }
    if (word == "n" || word == "no") {
        const std::string reason = trimmed(std::string_view(said).substr(blank));
        return settle(Approval::deny(reason.empty() ? denied_by_user : "The user did not allow this call: " + reason));
    }
    editing_ = word == "e" || word == "edit";
    repeat();
    return {};
}

std::vector<Approver::Answer> Approver::settle(Approval approval) {
    std::vector<Answer> answers;
    if (!asking()) return answers;
    answers.push_back({questions_.front().request_id, std::move(approval)});
    questions_.pop_front();
    while (asking() && always_.contains(questions_.front().call.name)) {
        answers.push_back({questions_.front().request_id, Approval::allow()});
        questions_.pop_front();
    }
    if (asking()) show_first();
    return answers;
}

void Approver::show_first() {
    // What was typed before the question was there is no answer to it.
    ::tcflush(STDIN_FILENO, TCIFLUSH);
    const ToolCall& call = questions_.front().call;
    write_stderr("The model wants to call " + without_controls(call.name) + " with " +
                 without_controls(call.arguments) + "\n");
    repeat();
}

void Approver::repeat() const {
    if (!asking()) return;
    write_stderr(editing_ ? "New arguments, as JSON on one line (nothing: do not edit): "
                          : "Allow it? y = yes, n [REASON] = no, e = edit its arguments, a = always for this tool: ");
}

void Approver::clear() {
    questions_.clear();
    editing_ = false;
}

}  // namespace cortex::cli
