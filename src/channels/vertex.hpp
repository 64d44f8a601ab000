#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/anthropic/dialect.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex::channels {

/// Claude on Google Vertex AI: rawPredict and streamRawPredict. Every request goes to the configured location, whatever the
/// catalogue thinks of it.
class Vertex final : public Channel {
public:
    static constexpr std::string_view default_location = "us-east5";
    /// The version that every model on Vertex serves.
    static constexpr std::string_view default_version = "vertex-2023-10-16";

    struct Options {
        std::string project = {};           ///< Required.
        std::string location = {};          ///< "": `default_location`.
        std::string location_field = "location";   ///< Where that came from, for errors.
        std::string base_url = {};          ///< With its version path, as ANTHROPIC_VERTEX_BASE_URL has it; "": by the location.
        std::string base_url_field = "base_url";
        std::string universe_domain = "googleapis.com";
        std::string version = {};           ///< `anthropic_version`; "": `default_version`.
        std::string quota_project = {};     ///< Beats the credential's.
        std::vector<std::string> betas = {};
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const Vertex>> create(Options options);

    const Dialect& dialect_for(const ModelInfo&) const override { return dialect_; }
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override { return call.stream ? Framing::sse : Framing::json; }
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    Cure cure(const HttpHead& head, std::string_view body) const override;
    /// Counts the tokens of one word, which is free.
    HttpRequest probe() const override;
    bool accepted(int status) const noexcept override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

    /// Counts tokens, for a body of `encode_count_request`; free of charge, with a rate limit of its own.
    HttpRequest address_count(Body body) const;
    const dialects::anthropic::BodyForm& form() const noexcept { return dialect_.form(); }

private:
    explicit Vertex(Options options);
    HttpRequest predict(std::string_view model, std::string_view verb, Body body, bool streaming) const;

    Options options_;
    dialects::anthropic::Dialect dialect_;
};

}  // namespace cortex::channels
