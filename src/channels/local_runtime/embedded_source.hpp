#pragma once

#include "channels/local_runtime/embedded_server.hpp"
#include "core/credential.hpp"

#include <atomic>
#include <string>

namespace cortex::channels {

/// The embedded model as a source of credentials: starts its server when it is first asked, and gives the server's address and
/// key. Blocks while the model loads.
class EmbeddedSource final : public CredentialSource {
public:
    /// `model_path`: as ProviderConfig has it; may be empty.
    explicit EmbeddedSource(std::string model_path) : model_path_(std::move(model_path)) {}
    Result<std::optional<Credential>> fetch(World& world) override;
    void stop() noexcept override;

private:
    std::string model_path_;
    EmbeddedServer server_;
    std::atomic<bool> stopped_{false};
};

}  // namespace cortex::channels
