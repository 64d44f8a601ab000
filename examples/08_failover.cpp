// Several providers: who answers when one fails, and what all of it may use.
#include <cortex/cortex.hpp>

#include <iostream>
#include <string>

namespace {

void ask(cortex::Session& session, const std::string& question) {
    try {
        const cortex::Response response = session.run(question);
        std::cout << response.content << "\n  answered by " << response.metadata.model_used << " of " << response.metadata.provider;
        for (const cortex::Attempt& attempt : response.metadata.attempts)
            if (attempt.outcome != "ok") std::cout << ", after " << attempt.provider << ": " << attempt.outcome;
        std::cout << '\n';
    } catch (const cortex::BudgetExceededError&) {
        std::cout << "refused before it was sent: the session may not use so much\n";
    }
}

}  // namespace

int main() {
    cortex::Engine engine{{
        .providers = {{"anthropic", {}}, {"openai", {}}, {"gemini", {}}},   // keys come from the environment
        .orchestrator_model = "claude-opus-4-6",
        .max_retries = 0,                                                   // to see the change at once; else it is asked twice more
        .fallback_models = {"gpt-5.4", "gemini-3.8-flash"},                 // in this order
        .budgets = {.session = {.usd = 0.50, .tokens = 20'000}},
    }};
    auto session = engine.create_agent({.name = "reliable"}).start_session({.user_id = "ann"});

    ask(session, "This one finds Anthropic overloaded.");
    ask(session, "This one finds a rate limit there, and OpenAI broken.");
    ask(session, "This one is far too long: " + std::string(200'000, '.'));

    for (const cortex::CostLine& line : engine.costs().by_provider)
        std::cout << line.provider << ": " << line.calls << (line.calls == 1 ? " call, " : " calls, ")
                  << (line.output_tokens > 0 ? "answered" : "never answered") << '\n';
}
