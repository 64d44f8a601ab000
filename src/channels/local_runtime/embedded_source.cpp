#include "channels/local_runtime/embedded_source.hpp"

#include "channels/local_runtime/model_file.hpp"

#include <utility>

namespace cortex::channels {

Result<std::optional<Credential>> EmbeddedSource::fetch(World& world) {
    auto file = find_model_file(model_path_);
    if (!file) return std::move(file).error();
    if (stopped_.load()) return ErrorInfo{.code = ErrorCode::cancelled, .message = "The engine has ended."};
    auto endpoint = server_.start(*file, world.deadline);
    if (!endpoint) return std::move(endpoint).error();
    return std::optional(Credential{.kind = Credential::Kind::bearer,
                                    .secret = Secret(std::move(endpoint->api_key)),
                                    .endpoint = std::move(endpoint->base_url),
                                    .source = "the embedded server of " + file->filename().string()});
}

void EmbeddedSource::stop() noexcept {
    stopped_.store(true);
    server_.stop();
}

}  // namespace cortex::channels
