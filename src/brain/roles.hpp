#pragma once

#include <string_view>

namespace cortex::brain {

/// What a model call is for. Every call has one.
enum class CallPurpose { plan, verify, tool_round, summarize, answer };

enum class ModelRole { orchestrator, worker };

/// The role that serves a purpose: a table, so that it can be read at one glance. `hard` says that the need is above the
/// threshold at which an answer is worth the orchestrator.
ModelRole role_for(CallPurpose purpose, bool hard) noexcept;

std::string_view to_string(CallPurpose purpose) noexcept;
std::string_view to_string(ModelRole role) noexcept;

}  // namespace cortex::brain
