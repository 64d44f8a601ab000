#pragma once

#include "core/channel.hpp"
#include "core/credential.hpp"
#include "core/result.hpp"
#include "dialects/openai_chat/dialect.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cortex::channels {

/// A server that speaks Chat Completions: llama.cpp, Ollama, vLLM, LM Studio, the embedded small model, or any other
/// with a base URL.
class OpenAiServer final : public Channel {
public:
    struct Options {
        /// With its version path (`http://localhost:8080/v1`). An embedded server's is not known before it runs: leave
        /// `embedded_base_url` here, and let `Credential::endpoint` move each request.
        std::string base_url = {};
        std::string base_url_field = "base_url";  ///< Where that came from, for errors.
        HttpDeadlines deadlines = {};
        dialects::openai_chat::Options dialect = {};
    };
    static constexpr std::string_view embedded_base_url = "http://127.0.0.1/v1";

    /// Fails with a ConfigError that names the field.
    static Result<std::shared_ptr<const OpenAiServer>> create(Options options);

    const Dialect& dialect_for(const ModelInfo& model) const override;
    HttpRequest address(const ModelCall& call, Body body) const override;
    Framing framing(const ModelCall& call) const noexcept override;
    void authorize(HttpRequest& request, const Credential& credential, WallTime now) const override;
    HttpRequest probe() const override;
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override;
    std::string base_url() const override { return options_.base_url; }

private:
    explicit OpenAiServer(Options options) : options_(std::move(options)), dialect_(options_.dialect) {}
    HttpRequest request(HttpMethod method, std::string_view path, Body body, bool streaming) const;

    Options options_;
    dialects::openai_chat::Dialect dialect_;
};

/// A base URL and where it came from.
struct ServerUrl {
    std::string url;
    std::string source;  ///< "environment variable OLLAMA_HOST", or "default".
};

/// Where a server of that name usually listens: "ollama" (OLLAMA_HOST, in any of the forms that Ollama itself takes,
/// else port 11434), "vllm" (8000), "llamacpp" (8080), "lmstudio" (1234). Nothing for any other name.
std::optional<ServerUrl> usual_server_url(std::string_view name, const World& world);

}  // namespace cortex::channels
