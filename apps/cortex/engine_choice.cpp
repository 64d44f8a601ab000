#include "engine_choice.hpp"

#include "local_pull.hpp"
#include "output.hpp"
#include "signals.hpp"

#include <cortex/error.hpp>
#include <cortex/local_model.hpp>

#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace cortex::cli {
namespace {

bool names_a_model(const EngineConfig& config) {
    return !config.orchestrator_model.empty() || !config.worker_model.empty();
}

/// A model of the user's own stands ready, or the fetched one does.
bool local_model_there() {
    const char* file = std::getenv("CORTEX_LOCAL_MODEL");
    if (file != nullptr && *file != '\0') return true;
    return local_model::status().ready();
}

EngineConfig with_local(EngineConfig config) {
    config.providers.emplace_back("local", ProviderConfig{});
    return config;
}

bool offer_to_fetch(Signals& signals) {
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return false;
    const local_model::Weights weights = local_model::status().weights;
    write_stderr(
        "cortex: No credential was found (ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, OPENAI_API_KEY, GEMINI_API_KEY).\n"
        "Fetch the small local model " +
        weights.title + " (" + gigabytes(weights.download_bytes) + " into " + local_model::home().string() +
        ") and answer with it? [y/N] ");
    char answer[64];
    const auto count = ::read(STDIN_FILENO, answer, sizeof answer);
    if (count <= 0 || (answer[0] != 'y' && answer[0] != 'Y')) return false;
    pull_with_progress({}, signals);
    return true;
}

}  // namespace

std::string no_provider_message() {
    return "No provider and no credential was found: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, OPENAI_API_KEY, GEMINI_API_KEY and "
           "GOOGLE_API_KEY are not set, and no configuration file names a provider. "
           "Set ANTHROPIC_API_KEY, or fetch the small local model once with: cortex local pull";
}

Engine choose_engine(EngineConfig config, Signals& signals) {
    Engine engine{config};
    if (!config.providers.empty() || !engine.providers().empty()) return engine;
    // A model that was asked for by name is not replaced by a small one.
    if (!names_a_model(config)) {
        if (local_model_there() || offer_to_fetch(signals)) {
            say("No credential was found, so the small local model on this machine answers. Set ANTHROPIC_API_KEY for "
                "Claude.");
            return Engine{with_local(std::move(config))};
        }
    }
    throw_error({.code = ErrorCode::auth, .message = no_provider_message()});
}

Outlook look_at_engine(EngineConfig config) {
    Engine engine{config};
    if (config.providers.empty() && engine.providers().empty() && !names_a_model(config) && local_model_there())
        return {Engine{with_local(std::move(config))}, true};
    return {std::move(engine), false};
}

}  // namespace cortex::cli
