#pragma once

#include <cortex/engine.hpp>

#include <chrono>
#include <string>

namespace cortex::cli {

/// One line on a provider: name, status, where the credential comes from, default model, address, and its health where that is not good.
std::string provider_line(const ProviderStatus& provider);

/// "2026-11-28 12:00:00 UTC"
std::string utc_time(std::chrono::system_clock::time_point when);

}  // namespace cortex::cli
