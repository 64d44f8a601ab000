#include "engine/tool_runner.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace cortex {
namespace {

/// Users' code cannot be killed; the end of the engine waits so long for it and no longer.
constexpr std::chrono::milliseconds patience{2'000};
/// Of an exception's text in a result: enough to act on, too little to drown a conversation.
constexpr std::size_t longest_reason = 2'000;

std::string reason(const char* what) { return replace_invalid_utf8(utf8_prefix(what, longest_reason)); }

/// What a piece of users' code threw, in words; null where it threw nothing that has any.
std::string thrown() {
    try {
        throw;
    } catch (const std::exception& error) {
        return reason(error.what());
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

}  // namespace

ToolRunner::ToolRunner(std::size_t most_threads, std::shared_ptr<Logger> logger)
    : logger_(std::move(logger)), pool_({.most_threads = most_threads, .patience = patience}) {}

void ToolRunner::run(std::shared_ptr<const agent::ToolSet> tools, const Tool& tool, ToolCall call, std::function<void(ToolOutcome)> done) {
    pool_.post([logger = logger_, tools = std::move(tools), &tool, call = std::move(call), done = std::move(done)] {
        ToolOutcome outcome;
        try {
            outcome = tool.execute(call);
        } catch (...) {
            const std::string what = thrown();
            if (logger->enabled(LogLevel::warn)) logger->write(LogLevel::warn, fmt::format("{}: tool {} threw: {}", call.session_id, call.name, what));
            outcome = ToolOutcome::error(fmt::format("{} failed: {}", call.name, what));
        }
        done(std::move(outcome));
    });
}

void ToolRunner::approve(std::shared_ptr<const agent::ToolSet> tools, const Tool& tool, ToolCall call, std::function<void(Approval)> done) {
    pool_.post([logger = logger_, tools = std::move(tools), &tool, call = std::move(call), done = std::move(done)] {
        Approval approval;
        try {
            approval = tool.approve(call);
        } catch (...) {
            const std::string what = thrown();
            if (logger->enabled(LogLevel::warn)) logger->write(LogLevel::warn, fmt::format("{}: the approval of tool {} threw: {}", call.session_id, call.name, what));
            approval = Approval::deny("whoever was to be asked could not be");
        }
        done(std::move(approval));
    });
}

void ToolRunner::ask(BudgetCallback callback, BudgetQuestion question, std::function<void(Budget)> done) {
    pool_.post([logger = logger_, callback = std::move(callback), question = std::move(question), done = std::move(done)] {
        Budget more;
        try {
            more = callback(question);
        } catch (...) {
            const std::string what = thrown();
            if (logger->enabled(LogLevel::warn)) logger->write(LogLevel::warn, fmt::format("{}: on_budget threw: {}", question.session_id, what));
        }
        done(more);
    });
}

}  // namespace cortex
