#pragma once

#include "core/legal_params.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cortex::agent {

/// The level that a turn gets, given the one that its model had before: another level makes the vendor read the history
/// anew instead of from its cache. A step of one between two levels that both think is not worth a long history; switching
/// on or off, and steps of two, are.
ThinkingLevel settle(ThinkingLevel wanted, ThinkingLevel before, std::int64_t history_tokens) noexcept;

/// The sentence for a decision that `settle` changed.
std::string settled_reason(ThinkingLevel wanted, ThinkingLevel settled, std::int64_t history_tokens);

/// Thinking that could not end before the turn's time is up only makes the turn fail: lowers level and budget of an automatic need to
/// what even a fast model writes in that time. The sentence for it, where something was lowered.
std::optional<std::string> fit_to_time(Need& need, std::chrono::milliseconds time);

}  // namespace cortex::agent
