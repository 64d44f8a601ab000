#pragma once

#include "handle.hpp"
#include "wake.hpp"

#include <cortex/run.hpp>

#include <nanobind/nanobind.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace cortex::py {

/// One turn under way, as the Python package drives it: `take` until it gives the `Response`; where it gives None, wait.
class PyRun : public Handle<Run, Owned::Rank::run> {
public:
    explicit PyRun(Run run) : Handle(std::move(run)) {}
    ~PyRun() override { PyRun::release(); }

    /// The hub that is woken from now on. Once, before anything else.
    void watch(std::shared_ptr<WakeHub> hub);
    /// A StreamChunk, a request or its withdrawal, the Response when the turn is over, or None when nothing has arrived. Never blocks.
    /// Raises what went wrong, after every chunk that arrived was given.
    nanobind::object take();
    /// After `take` gave None: `future` gets its result when there is news. Raises RuntimeError where another one still waits.
    void arm(nanobind::object future);
    bool armed() const;
    void disarm() noexcept;
    /// `take` that blocks, without the interpreter's lock, until there is something; Ctrl-C is noticed.
    nanobind::object wait_next();
    void answer(const std::string& request_id, nanobind::handle key);
    /// The answers to a ToolRequest and an ApprovalRequest. They may come from any thread and after the run's end, when nobody
    /// wants them any more.
    void answer_tool(const std::string& request_id, nanobind::handle content, nanobind::handle attachments, bool is_error);
    void answer_approval(const std::string& request_id, bool allowed, nanobind::handle reason, nanobind::handle arguments);
    /// The answer to a BudgetQuestion: by how much the limit is raised; both None leave it.
    void answer_budget(const std::string& request_id, std::optional<double> usd, std::optional<std::int64_t> tokens);
    void cancel();
    /// True once a cancelled turn is over; what it still said is dropped.
    bool settled();

    void release() noexcept override;

private:
    std::shared_ptr<WakeNode> node_;
    std::optional<StreamChunk> last_;  ///< The final chunk waits here for the metadata.
    std::shared_ptr<Response> response_;  ///< Of a streamed turn that is over.
};

void bind_run(nanobind::module_& module);

}  // namespace cortex::py
