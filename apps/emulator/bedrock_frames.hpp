#pragma once
// The binary event stream of InvokeModelWithResponseStream, and the ways in which a script may break it.

#include "script.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace emulator {

/// One event of the Messages API as a `chunk` frame; `index` varies the padding.
[[nodiscard]] std::string chunk_frame(std::string_view event, std::size_t index);

/// The events as frames, with the fault of the step in its place.
[[nodiscard]] std::vector<std::string> event_frames(const std::vector<std::string>& events, const FrameFault& fault);

}  // namespace emulator
