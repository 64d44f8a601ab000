// One agent, three ways to Claude: Anthropic's API, Amazon Bedrock, Google Vertex AI. Only the provider's settings differ.
// usage: 07_three_ways [api|bedrock|vertex]...
#include <cortex/cortex.hpp>

#include <iostream>
#include <string>

cortex::ProviderConfig way_to_claude(const std::string& way) {
    if (way == "bedrock") return {.bedrock = true, .aws_region = "us-east-1"};                                // AWS's credential chain
    if (way == "vertex") return {.vertex_ai = true, .project = "my-project-1234", .location = "global"};      // Google's ADC
    return {};                                                                                                // ANTHROPIC_API_KEY
}

void ask(const std::string& way) {
    cortex::Engine engine{{
        .providers = {{"anthropic", way_to_claude(way)}},
        .orchestrator_model = "claude-opus-4-6",
        .worker_model = "claude-haiku-4-5",
    }};
    const auto provider = engine.providers().front();
    std::cout << way << ", " << provider.auth_mode << " " << to_string(provider.status) << "\n";

    auto session = engine.create_agent({.name = "analyst"}).start_session();
    for (const auto& chunk : session.run_stream("Good morning!")) std::cout << chunk.content << std::flush;
    std::cout << "\n";
}

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) ask(argv[i]);
}
