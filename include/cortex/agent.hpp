#pragma once

#include <cortex/config.hpp>
#include <cortex/export.hpp>
#include <cortex/session.hpp>

#include <memory>
#include <string>

namespace cortex {

class AgentState;

/// A template for sessions: name and system prompt. A cheap value; copies share their state.
/// Threads: may be shared.
class CORTEX_API Agent {
public:
    const std::string& name() const noexcept;
    const std::string& system_prompt() const noexcept;
    /// A new, independent conversation. Makes no request.
    Session start_session(SessionConfig config = {}) const;

private:
    friend class Engine;
    explicit Agent(std::shared_ptr<const AgentState> state) noexcept;
    std::shared_ptr<const AgentState> state_;
};

}  // namespace cortex
