#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/openai_responses/dialect.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cortex::channels {

/// OpenAI's models on Azure: the dated API, whose addresses name a deployment and an `api-version`, and the v1 API.
class Azure final : public Channel {
public:
    struct Options {
        /// `https://RESOURCE.openai.azure.com`, the same with `/openai/v1`, or with `/openai/deployments/NAME`.
        std::string base_url = {};
        std::string base_url_field = "base_url";  ///< Where that came from, for errors.
        std::string deployment = {};              ///< Where `base_url` names none; empty: the model's id.
        std::string api_version = {};             ///< Of the dated API; empty: 2024-10-21.
        std::string api_version_field = "api_version";
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const Azure>> create(Options options);

    /// Whether a base URL is Azure's: by its host or its deployment path.
    static bool looks_like(std::string_view base_url);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    std::string request_id(const ModelCall& call, const HttpHead& head) const override;
    HttpRequest probe() const override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override;

private:
    explicit Azure(Options options);

    Options options_;
    dialects::openai_chat::Dialect chat_;
    dialects::openai_responses::Dialect responses_;
};

}  // namespace cortex::channels
