#pragma once

#include "agent/tool_round.hpp"
#include "core/logger.hpp"
#include "engine/worker_pool.hpp"

#include <cortex/config.hpp>

#include <functional>
#include <memory>

namespace cortex {

/// Runs users' code, of tools and callbacks, on threads of its own. What it throws becomes an outcome: a sentence for the model, the text in
/// the log.
class ToolRunner {
public:
    ToolRunner(std::size_t most_threads, std::shared_ptr<Logger> logger);

    /// From any thread. `tools` keeps `tool` alive. `done` is called on the thread that ran the tool.
    void run(std::shared_ptr<const agent::ToolSet> tools, const Tool& tool, ToolCall call, std::function<void(ToolOutcome)> done);
    void approve(std::shared_ptr<const agent::ToolSet> tools, const Tool& tool, ToolCall call, std::function<void(Approval)> done);
    /// What the callback throws leaves the limit as it is.
    void ask(BudgetCallback callback, BudgetQuestion question, std::function<void(Budget)> done);
    /// Takes no more; what waits is dropped.
    void shut() { pool_.shut(); }

private:
    std::shared_ptr<Logger> logger_;
    WorkerPool pool_;
};

}  // namespace cortex
