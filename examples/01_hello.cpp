// The first program: an engine, an agent, a session, one answer at once and one as it arrives.
#include <cortex/cortex.hpp>

#include <iostream>

int main() {
    cortex::Engine engine{{
        .providers = {{"anthropic", {.api_key = "sk-ant-..."}}},
        .orchestrator_model = "claude-sonnet-4-5",
        .worker_model = "claude-haiku-4-5",
    }};
    auto agent = engine.create_agent({.name = "analyst", .system_prompt = "You are a thorough business analyst."});
    auto session = agent.start_session({.user_id = "user_123"});

    const auto response = session.run("Analyze the pros and cons of microservices architecture.");
    for (const auto& chunk : session.run_stream("Explain quantum computing in simple terms."))
        std::cout << chunk.content << std::flush;
    session.close();
}
