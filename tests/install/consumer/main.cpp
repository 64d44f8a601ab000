// A user's program: it needs the public headers, the shared library and nothing else.
#include <cortex/cortex.hpp>

#include <iostream>

int main() {
    cortex::Engine engine{{
        .providers = {{"anthropic", {.api_key = "", .default_model = "claude-sonnet-4-5"}}},
    }};
    auto session = engine.create_agent({.name = "guest"}).start_session();
    try {
        session.run("Is anybody there?");
    } catch (const cortex::ProviderAuthError&) {
        // No key anywhere: the error crosses the library's edge with its class intact, and no request was made.
        std::cout << cortex::version() << '\n';
        return 0;
    }
    return 1;
}
