#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/anthropic/dialect.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex::channels {

/// Anthropic's own API.
class AnthropicApi final : public Channel {
public:
    static constexpr std::string_view default_base_url = "https://api.anthropic.com";
    /// The version that every official SDK before October 2026 sends, and that all current models serve.
    static constexpr std::string_view default_api_version = "2023-06-01";

    struct Options {
        std::string base_url = {};      ///< Without `/v1`, as ANTHROPIC_BASE_URL has it; "": `default_base_url`.
        std::string base_url_field =
            "base_url";   ///< Where that came from, for errors: the config's field or the variable.
        std::string api_version = {};   ///< "": `default_api_version`.
        HttpDeadlines deadlines = {};
        /// Of ANTHROPIC_CUSTOM_HEADERS (see parse_custom_headers): each replaces the channel's own header of that name,
        /// also the one that would carry the credential, as in the official SDKs. What the channel itself has to ask for in
        /// `anthropic-beta` is appended to the user's list.
        std::vector<HttpHeader> custom_headers = {};
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const AnthropicApi>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    HttpRequest probe() const override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

    /// POST /v1/messages/count_tokens, for a body of `encode_count_request`; free of charge, with a rate limit of its
    /// own.
    HttpRequest address_count(Body body) const;

private:
    explicit AnthropicApi(Options options) : options_(std::move(options)) {}
    HttpRequest request(HttpMethod method, std::string_view path, Body body, bool streaming) const;

    Options options_;
    dialects::anthropic::Dialect dialect_;
};

}  // namespace cortex::channels
