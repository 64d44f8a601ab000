#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/gemini/dialect.hpp"

#include <memory>
#include <string>

namespace cortex::channels {

/// Gemini on Google Vertex AI, by Google credentials.
class GeminiVertex final : public Channel {
public:
    struct Options {
        std::string project = {};                          ///< Required.
        std::string location = {};                         ///< A region, "global", "us" or "eu"; empty: us-central1.
        std::string location_field = "location";           ///< Where that came from, for errors.
        std::string base_url = {};                         ///< With or without `/v1`; empty: the location's host.
        std::string base_url_field = "base_url";
        std::string universe_domain = "googleapis.com";
        std::string quota_project = {};                    ///< Sent as x-goog-user-project where the credential names none.
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const GeminiVertex>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    Cure cure(const HttpHead& head, std::string_view body) const override;
    HttpRequest probe() const override;
    bool accepted(int status) const noexcept override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override;

private:
    GeminiVertex(Options options, std::string continuing_url) : options_(std::move(options)), continuing_url_(std::move(continuing_url)) {}
    HttpRequest post(std::string_view base_url, std::string_view model, std::string_view method, Body body, bool streaming) const;

    Options options_;
    std::string continuing_url_;   // base URL of requests that go on with an answer; "": the same
    dialects::gemini::Dialect dialect_;
};

}  // namespace cortex::channels
