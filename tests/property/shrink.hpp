#pragma once

#include "calls.hpp"

#include <functional>

namespace cortex::property {

/// The smallest history that `fails` still holds of, found by leaving out messages, then blocks, then tools and the system prompt.
/// Crude: one thing at a time, over and over until nothing more can go.
History shrunk(History history, const std::function<bool(const History&)>& fails);

}  // namespace cortex::property
