#pragma once

#include "approver.hpp"
#include "tools/tool_trace.hpp"

#include <cortex/config.hpp>

#include <string>
#include <vector>

namespace cortex::cli {

struct ToolFlags;

/// The built-in tools that the user has switched on, what their calls came to, and who may say no to them.
class Toolbox {
public:
    /// Throws ConfigError for a tool that there is not, naming the nearest, and for a wrong or missing argument of one.
    explicit Toolbox(const ToolFlags& flags);

    const std::vector<Tool>& tools() const noexcept { return tools_; }
    bool empty() const noexcept { return tools_.empty(); }
    int max_rounds() const noexcept { return max_rounds_; }
    Approver& approver() noexcept { return approver_; }
    ToolTrace& trace() noexcept { return trace_; }

    /// An agent of this name with these tools.
    AgentConfig agent(std::string system_prompt) const;

private:
    ToolTrace trace_;
    std::vector<Tool> tools_;
    int max_rounds_;
    Approver approver_;
};

}  // namespace cortex::cli
