// Failures: one family of exceptions, with what a caller may want to know on the base class.
#include <cortex/cortex.hpp>

#include <iostream>

namespace {

void ask(cortex::Session& session, const char* question) {
    try {
        std::cout << session.run(question).content << '\n';
    } catch (const cortex::ProviderAuthError& error) {
        std::cout << "check the key of " << error.provider() << " (HTTP " << error.http_status().value_or(0) << ")\n";
    } catch (const cortex::RateLimitError& error) {
        const auto wait = error.retry_after();
        std::cout << "too fast; try again in " << (wait ? wait->count() : 0) << " ms\n";
    } catch (const cortex::Error& error) {
        std::cout << cortex::to_string(error.code()) << ", retryable: " << std::boolalpha << error.retryable() << '\n';
    }
}

}  // namespace

int main() {
    try {
        cortex::Engine engine{{.max_retries = 99}};
    } catch (const cortex::ConfigError& error) {
        std::cout << "wrong before any request: " << error.what() << '\n';
    }

    // Repeats are the engine's work; here they are off, to see each failure.
    cortex::Engine engine{{.providers = {{"anthropic", {.default_model = "claude-sonnet-4-5"}}}, .max_retries = 0}};
    auto session = engine.create_agent({.name = "careful"}).start_session();

    ask(session, "This one meets a refused key.");
    ask(session, "This one meets a rate limit.");
    ask(session, "This one meets an overloaded server.");
    ask(session, "And this one is answered.");  // A turn that failed leaves the conversation as it was.
}
