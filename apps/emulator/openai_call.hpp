#pragma once
// What Chat Completions and Responses know about a request alike.

#include "json_util.hpp"
#include "openai_local.hpp"
#include "openai_models.hpp"

#include <string>

namespace emulator {

/// Whose service a request reached.
enum class OpenaiHost { openai, azure_dated, azure_v1, local };

struct OpenaiCall {
    json::object body;
    std::string model;                   ///< as the answer names it; on Azure what the deployment runs
    const OpenaiRules* rules = nullptr;  ///< null: a local server's model
    OpenaiHost host = OpenaiHost::openai;
    LocalServer server;                  ///< of a local model
    bool local = false;
    std::string caller;                  ///< the key; empty: none was sent
    bool stream = false;
    bool obfuscation = false;
    bool reasons = false;                ///< reasoning tokens are spent, and shown by local servers
    std::size_t prompt_tokens = 0;
    std::size_t cached_tokens = 0;       ///< of prompt_tokens

    [[nodiscard]] bool on_azure() const noexcept {
        return host == OpenaiHost::azure_dated || host == OpenaiHost::azure_v1;
    }
};

}  // namespace emulator
