#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/openai_responses/dialect.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cortex::channels {

/// OpenAI's own service: Responses for the models that the catalogue says so of, Chat Completions for the others.
class OpenAiApi final : public Channel {
public:
    static constexpr std::string_view default_base_url = "https://api.openai.com/v1";

    struct Options {
        std::string base_url = {};                ///< With its version path; empty: https://api.openai.com/v1.
        std::string base_url_field = "base_url";  ///< Where that came from, for errors.
        std::string organization = {};            ///< Sent as OpenAI-Organization; empty: not sent.
        std::string project = {};                 ///< Sent as OpenAI-Project; empty: not sent.
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const OpenAiApi>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    /// Lists the models, which is free.
    HttpRequest probe() const override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

private:
    explicit OpenAiApi(Options options);
    HttpRequest request(HttpMethod method, std::string_view path, Body body, bool streaming) const;

    Options options_;
    dialects::openai_chat::Dialect chat_;
    dialects::openai_responses::Dialect responses_;
};

}  // namespace cortex::channels
