#include "brain/roles.hpp"

#include <array>

namespace cortex::brain {
namespace {

struct Row {
    CallPurpose purpose;
    std::string_view name;
    ModelRole easy;
    ModelRole hard;
};

constexpr std::array<Row, 5> table{{
    {CallPurpose::plan, "plan", ModelRole::orchestrator, ModelRole::orchestrator},
    {CallPurpose::verify, "verify", ModelRole::orchestrator, ModelRole::orchestrator},
    {CallPurpose::tool_round, "tool_round", ModelRole::worker, ModelRole::worker},
    {CallPurpose::summarize, "summarize", ModelRole::worker, ModelRole::worker},
    {CallPurpose::answer, "answer", ModelRole::worker, ModelRole::orchestrator},
}};

}  // namespace

ModelRole role_for(CallPurpose purpose, bool hard) noexcept {
    const Row& row = table[static_cast<std::size_t>(purpose)];
    return hard ? row.hard : row.easy;
}

std::string_view to_string(CallPurpose purpose) noexcept { return table[static_cast<std::size_t>(purpose)].name; }

std::string_view to_string(ModelRole role) noexcept { return role == ModelRole::orchestrator ? "orchestrator" : "worker"; }

}  // namespace cortex::brain
