#pragma once

#include "agent/turn_spec.hpp"

#include <string>
#include <vector>

namespace cortex::agent {

/// What of a conversation another model does not get to see, one sentence a kind, for the log: thinking and blocks that only their own vendor
/// reads. Empty where the model that is asked now wrote all of it.
std::vector<std::string> left_behind(const std::vector<MessagePtr>& messages, const ModelChoice& choice);

}  // namespace cortex::agent
