#pragma once

#include <cortex/cortex.hpp>
#include <cortex/testing/emulator.hpp>

#include <boost/json.hpp>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cortex::test {

/// An engine's vendor on the loopback interface: the strict emulator, started for one test.
class EmulatedVendor {
public:
    static constexpr const char* key = "sk-ant-test-0123456789abcdef";

    EmulatedVendor() : EmulatedVendor({"--key", key, "--key", "sk-ant-test-second-key"}) {}
    explicit EmulatedVendor(std::vector<std::string> options) : emulator_({.program = program(), .options = with_secrets(std::move(options))}) {}

    testing::Emulator& emulator() noexcept { return emulator_; }

    EngineConfig config() const {
        EngineConfig config;
        config.providers = {{"anthropic", {.api_key = key, .base_url = std::string(emulator_.base_url())}}};
        config.orchestrator_model = "claude-sonnet-5";
        return config;
    }
    Session session(const Engine& engine) const { return engine.create_agent({.name = "a", .system_prompt = "Be brief."}).start_session(); }

    boost::json::array requests() const { return boost::json::parse(emulator_.requests()).as_array(); }
    boost::json::object stats() const { return boost::json::parse(emulator_.stats()).as_object(); }

    /// Waits until the emulator's state is as wished: for what another process does, there is nothing else to wait on.
    bool eventually(const std::function<bool()>& wished) const {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!wished()) {
            if (std::chrono::steady_clock::now() > limit) return false;
            std::this_thread::yield();
        }
        return true;
    }

private:
    static std::vector<std::string> with_secrets(std::vector<std::string> options) {
        options.emplace_back("--record-secrets");
        return options;
    }
    static std::string program() {
        const char* named = std::getenv("CORTEX_EMULATOR");
        return named != nullptr && *named != '\0' ? std::string(named) : std::string(CORTEX_EMULATOR_PROGRAM);
    }
    testing::Emulator emulator_;
};

}  // namespace cortex::test
