#pragma once

#include "core/legal_params.hpp"

#include <cstdint>
#include <string>

namespace cortex::agent {

/// The level that a turn gets, given the one that its model had before: another level makes the vendor read the history
/// anew instead of from its cache. A step of one between two levels that both think is not worth a long history; switching
/// on or off, and steps of two, are.
ThinkingLevel settle(ThinkingLevel wanted, ThinkingLevel before, std::int64_t history_tokens) noexcept;

/// The sentence for a decision that `settle` changed.
std::string settled_reason(ThinkingLevel wanted, ThinkingLevel settled, std::int64_t history_tokens);

}  // namespace cortex::agent
