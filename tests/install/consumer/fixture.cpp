// A user's test: the strict emulator as a fixture, and a turn against it.
#include <cortex/cortex.hpp>
#include <cortex/testing/emulator.hpp>

#include <iostream>
#include <string>

int main() {
    cortex::testing::Emulator emulator;  // CORTEX_EMULATOR names the program
    cortex::Engine engine{{
        .providers = {{"anthropic", {.api_key = "sk-ant-consumer-test", .base_url = std::string(emulator.base_url())}}},
    }};
    auto session = engine.create_agent({.name = "guest"}).start_session();
    std::cout << session.run("Hello from outside.").metadata.provider << '\n';
}
