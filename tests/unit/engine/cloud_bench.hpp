#pragma once

#include "emulated_engine.hpp"

#include "testing/loopback_client.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::test {

/// The three ways to one model. What a user writes differs in the provider's settings and nowhere else.
enum class Way { direct, bedrock, vertex };

inline std::string_view name_of(Way way) { return way == Way::direct ? "direct" : way == Way::bedrock ? "bedrock" : "vertex"; }

/// The emulator, and an engine's configuration that reaches it by one way.
class CloudVendor : public EmulatedVendor {
public:
    static constexpr const char* aws_id = "AKIDEXAMPLE";
    static constexpr const char* aws_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static constexpr const char* google_token = "ya29.test-0123456789abcdef";

    explicit CloudVendor(Way way) : EmulatedVendor({"--key", key, "--google-token", google_token}), way_(way) { forget_environment(); }

    EngineConfig config(std::string model = "claude-sonnet-4-5") const {
        EngineConfig config;
        ProviderConfig provider{.base_url = std::string(url())};
        switch (way_) {
            case Way::direct: provider.api_key = key; break;
            case Way::bedrock:
                provider.bedrock = true;
                provider.aws_access_key_id = aws_id;
                provider.aws_secret_access_key = aws_secret;
                break;
            case Way::vertex:
                provider.vertex_ai = true;
                provider.project = "emulator-project";
                provider.base_url += "/v1";
                provider.api_key = google_token;
                break;
        }
        config.providers = {{"anthropic", provider}};
        config.orchestrator_model = std::move(model);
        return config;
    }
    /// The same with a credential that the service refuses.
    EngineConfig config_with_wrong_credential() const {
        EngineConfig wrong = config();
        ProviderConfig& provider = wrong.providers[0].second;
        if (way_ == Way::bedrock)
            provider.aws_secret_access_key = "not-the-secret-0123456789";
        else
            provider.api_key = "wrong-key-0123456789";
        return wrong;
    }
    /// One member of the emulator's answer to a control request.
    boost::json::value control(std::string_view method, std::string_view route, std::string_view body = {}) {
        const testing::LoopbackAnswer answer = testing::ask_loopback(port(), method, "/_emulator/" + std::string(route), body);
        return boost::json::parse(answer.body);
    }
    std::string_view url() const { return const_cast<CloudVendor*>(this)->emulator().base_url(); }
    std::uint16_t port() const {
        const std::string_view text = url().substr(url().rfind(':') + 1);
        std::uint16_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }
    /// The recorded requests to one path.
    std::size_t count(std::string_view path) const {
        std::size_t found = 0;
        for (const auto& request : requests()) found += std::string_view(request.at("target").as_string()).starts_with(path);
        return found;
    }

private:
    /// What the machine of the test says of clouds must not lead a test anywhere.
    static void forget_environment() {
        for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_BEARER_TOKEN_BEDROCK",
                                 "AWS_ENDPOINT_URL", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE",
                                 "ANTHROPIC_BEDROCK_BASE_URL", "ANTHROPIC_VERTEX_BASE_URL", "ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT", "CLOUD_ML_REGION",
                                 "GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST"})
            ::unsetenv(name);
        ::setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
        ::setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
        ::setenv("CLOUDSDK_CONFIG", "/nonexistent", 1);
        ::setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
        ::setenv("NO_GCE_CHECK", "true", 1);
    }
    Way way_;
};

}  // namespace cortex::test
