#pragma once

#include "brain/message.hpp"

namespace cortex::brain {

/// How likely a small model without thinking is to fail at a message, 0 to 1, by weights that were fitted offline
/// (tools/need/fit.py writes need_model.bin); 0.5 is where thinking is worth its price in ordinary traffic.
double estimate(const Message& message) noexcept;

}  // namespace cortex::brain
