#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"
#include "dialects/gemini/dialect.hpp"

#include <memory>
#include <string>

namespace cortex::channels {

/// Google's Gemini API (generativelanguage.googleapis.com), by key.
class GeminiApi final : public Channel {
public:
    struct Options {
        std::string base_url = {};                ///< Without version path; empty: https://generativelanguage.googleapis.com.
        std::string base_url_field = "base_url";  ///< Where that came from, for errors.
        std::string api_version = {};             ///< Of the path; empty: v1beta.
    };

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const GeminiApi>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    HttpRequest probe() const override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

private:
    explicit GeminiApi(Options options) : options_(std::move(options)) {}

    Options options_;
    dialects::gemini::Dialect dialect_;
};

}  // namespace cortex::channels
