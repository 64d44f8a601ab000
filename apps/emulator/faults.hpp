#pragma once
// Faults as a human types them on the command line, turned into script steps.

#include "script.hpp"

#include <string_view>

namespace emulator {

/// "529:2", "429:1:retry-after=1", "cut:1", "reset:1", "hang:1", "drop:1", "malformed:1", "html:1", "empty:1", "stream-error:1", "exception:1", "bad-crc:1", "slow".
/// The number says how many requests are hit; without one, the first. `slow` hits every request. Throws Rejection.
[[nodiscard]] Step read_fault(std::string_view text);

/// The text of --help.
[[nodiscard]] std::string_view fault_help() noexcept;

}  // namespace emulator
