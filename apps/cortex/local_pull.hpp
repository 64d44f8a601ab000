#pragma once

#include <cortex/local_model.hpp>

#include <cstdint>
#include <string>

namespace cortex::cli {

class Signals;

/// Fetches a local model, with a progress bar where standard error is a terminal and a line for each tenth where it is not.
/// A signal stops it and throws Interrupted; the next call goes on where it was.
local_model::Status pull_with_progress(local_model::PullOptions options, Signals& signals);

/// "1.1 GB"; small sizes in MB.
std::string gigabytes(std::uint64_t bytes);

}  // namespace cortex::cli
