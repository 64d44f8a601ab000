#pragma once

#include <cortex/config.hpp>
#include <cortex/engine.hpp>

#include <string>

namespace cortex::cli {

class Signals;

/// The engine for a configuration. Where that names no provider and the environment holds no credential: the small local model,
/// if it was fetched, saying so on standard error; else on a terminal the offer to fetch it; else a ProviderAuthError.
Engine choose_engine(EngineConfig config, Signals& signals);

/// The same decision without asking, fetching or failing: for commands that only look.
struct Outlook {
    Engine engine;
    bool local_fallback = false;  ///< No credential was found, and the small local model stands in.
};
Outlook look_at_engine(EngineConfig config);

/// What was looked for and how to get an answer, for somebody who has no provider at all.
std::string no_provider_message();

}  // namespace cortex::cli
