#pragma once

#include "auth/aws/clock_offset.hpp"
#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/anthropic/dialect.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex::channels {

/// Claude on Amazon Bedrock: InvokeModel and its response stream, and the Messages-shaped endpoint for models that have no other.
class Bedrock final : public Channel {
public:
    /// The version that every model on Bedrock serves; the newer 2026-10-21 only those from Claude 4.7 on.
    static constexpr std::string_view default_version = "bedrock-2023-05-31";

    struct Options {
        std::string region = {};            ///< "us-east-1"
        std::string region_source = {};     ///< Where that came from, for errors.
        std::string base_url = {};          ///< Of InvokeModel, without path.
        std::string base_url_field = {};    ///< Where that came from, for errors.
        std::string messages_url = {};      ///< Of the Messages-shaped endpoint, without `/v1`.
        std::string messages_url_field = {};
        std::string messages_service = "bedrock-mantle";   ///< The signing name of that endpoint.
        std::string version = {};           ///< `anthropic_version`; "": `default_version`.
        std::string guardrail_id = {};
        std::string guardrail_version = {};
        std::string service_tier = {};
        std::vector<std::string> betas = {};
        std::shared_ptr<auth::aws::ClockOffset> clock = {};   ///< Shared with the credential chain. Required.
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const Bedrock>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    std::unique_ptr<Deframer> deframer(const ModelCall& call) const override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    std::string request_id(const ModelCall& call, const HttpHead& head) const override;
    Cure cure(const HttpHead& head, std::string_view body) const override;
    std::string learned() const override;
    /// Counts the tokens of one word, which is free. A service that then complains of the model has accepted the credential.
    HttpRequest probe() const override;
    bool accepted(int status) const noexcept override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

private:
    explicit Bedrock(Options options);
    /// Reached through the Messages-shaped endpoint.
    static bool by_messages(const ModelInfo& model) noexcept;
    HttpRequest invoke(std::string_view model, std::string_view verb, Body body, bool streaming) const;

    Options options_;
    dialects::anthropic::Dialect invoke_;
    dialects::anthropic::Dialect messages_;
};

}  // namespace cortex::channels
