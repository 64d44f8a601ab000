// Streaming: the text as it arrives, what the turn cost, and how to stop early.
#include <cortex/cortex.hpp>

#include <iostream>

int main() {
    cortex::Engine engine{{.providers = {{"anthropic", {.default_model = "claude-sonnet-4-5"}}}}};  // key: ANTHROPIC_API_KEY
    auto session = engine.create_agent({.name = "poet"}).start_session();

    auto stream = session.run_stream("Count from one to five.");
    for (const auto& chunk : stream) {
        if (chunk.chunk_type == cortex::ChunkType::content) std::cout << chunk.content << std::flush;
    }
    const auto response = stream.response();
    std::cout << "\nfinish_reason: " << response.metadata.finish_reason << ", model: " << response.metadata.model_used
              << ", attempts: " << response.metadata.attempts.size() << '\n';

    // Leaving the loop is enough: the stream's end of life closes the connection, and the provider stops generating.
    for (const auto& chunk : session.run_stream("Tell me a very long story.")) {
        if (!chunk.content.empty()) break;
    }
    // The session goes on.
    std::cout << session.run("Are you still there?").content << '\n';

    const auto stats = session.close();
    std::cout << "answered turns: " << stats.turns << '\n';
}
