// Many conversations at once on one thread of your own: a session is cheap, and none waits for another.
#include <cortex/cortex.hpp>

#include <iostream>
#include <string>
#include <vector>

int main() {
    cortex::Engine engine{{.providers = {{"anthropic", {.default_model = "claude-haiku-4-5"}}}}};
    const auto agent = engine.create_agent({.name = "clerk", .system_prompt = "You answer in one line."});

    std::vector<cortex::Session> sessions;
    std::vector<cortex::Run> runs;
    for (int i = 0; i < 50; ++i) sessions.push_back(agent.start_session({.user_id = "user_" + std::to_string(i)}));
    // `start` returns at once; all fifty requests are under way before the first result is asked for.
    for (auto& session : sessions) runs.push_back(session.start("What is your name?", {}, false));

    std::size_t answered = 0;
    for (auto& run : runs) answered += !run.result().content.empty();
    std::cout << answered << " of " << runs.size() << " sessions were answered\n";
}
