#pragma once
// The members of a script's step that break a binary event stream.

#include "script.hpp"

namespace emulator {

/// `exception`, `error_frame` and `bad_frame`. Throws Rejection.
[[nodiscard]] FrameFault read_frame_fault(const json::object& step, const std::string& path);

}  // namespace emulator
