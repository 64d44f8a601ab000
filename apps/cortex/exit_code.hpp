#pragma once

#include <cortex/error.hpp>

namespace cortex::cli {

/// What the program tells its caller.
namespace exit_code {
inline constexpr int answered = 0;
inline constexpr int other = 1;
inline constexpr int usage = 2;            ///< The command line or the configuration is wrong.
inline constexpr int authentication = 3;
inline constexpr int unavailable = 4;      ///< Rate-limited, broken, unreachable or out of time.
inline constexpr int limit = 5;            ///< A budget, or the model's context window.
inline constexpr int refused = 6;          ///< The model did not want to answer.
inline constexpr int interrupted = 130;    ///< 128 and the signal's number, as shells count.
}  // namespace exit_code

/// The exit code for an error of the library: one table for every command.
int exit_code_for(ErrorCode code) noexcept;

}  // namespace cortex::cli
