#pragma once

#include <cortex/engine.hpp>

#include <string>

namespace cortex::cli {

/// One line on a provider: name, status, where the credential comes from, default model, address.
std::string provider_line(const ProviderStatus& provider);

}  // namespace cortex::cli
