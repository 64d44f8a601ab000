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
///
/// | base_url                        | api_version       | what is asked                                                        |
/// |---------------------------------|-------------------|----------------------------------------------------------------------|
/// | ends in `/v1` (`.../openai/v1`) | any               | v1: `/chat/completions` or `/responses` below it; a date is not sent  |
/// | has `/openai/deployments/NAME`  | a date, or none   | dated: `/chat/completions` below it, for every model                  |
/// | else: the resource's endpoint   | none, or no date  | v1: `/openai/v1/...` below it                                        |
/// | else: the resource's endpoint   | a date            | dated: `/openai/deployments/DEPLOYMENT/chat/completions`; from        |
/// |                                 |                   | 2025-03-01-preview on `/openai/responses` for models asked that way   |
///
/// A query that `base_url` holds goes with every request; an `api-version` in it beats `api_version`.
class Azure final : public Channel {
public:
    /// What a dated address is asked with where nobody names a date.
    static constexpr std::string_view default_api_version = "2024-10-21";

    struct Options {
        /// `https://RESOURCE.openai.azure.com`, the same with `/openai/v1`, or with `/openai/deployments/NAME`.
        std::string base_url = {};
        std::string base_url_field = "base_url";  ///< Where that came from, for errors.
        std::string deployment = {};              ///< Where `base_url` names none; empty: the model's id.
        std::string api_version = {};             ///< A date for the dated API; "preview" or "latest" for v1; empty: see above.
        std::string api_version_field = "api_version";
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const Azure>> create(Options options);

    /// Whether a base URL is Azure's: by its host or its deployment path.
    static bool looks_like(std::string_view base_url);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    /// A key as `api-key`, a token as a bearer token. A configured key that is a JSON Web Token is taken for one of Entra's.
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    std::string request_id(const ModelCall& call, const HttpHead& head) const override;
    /// Lists the models, which is free.
    HttpRequest probe() const override;
    /// Any model string will do: on Azure a model is called as its deployment is.
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

private:
    /// The kinds of address of the table above.
    enum class Form { v1, deployment_path, endpoint };
    struct Shape {
        Form form = Form::endpoint;
        std::string root = {};    ///< What `/openai` stands below; of `Form::v1` the whole address.
        std::string query = {};   ///< With its question mark, or "".
        bool has_responses = false;
    };

    Azure(Options options, Shape shape);
    static Result<Shape> shape_of(Options& options);
    bool by_responses(const ModelInfo& model) const noexcept;
    HttpRequest request(HttpMethod method, std::string url, Body body, bool streaming) const;

    Options options_;
    Shape shape_;
    dialects::openai_chat::Dialect chat_;
    dialects::openai_responses::Dialect responses_;
};

}  // namespace cortex::channels
