#include "commands.hpp"
#include "engine_choice.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "provider_lines.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cortex::cli {
namespace {

int providers_command(const EngineOptions& options) {
    const Outlook outlook = look_at_engine(engine_config(options));
    Output output;
    const std::vector<ProviderStatus> providers = outlook.engine.providers();
    std::string text;
    for (const ProviderStatus& provider : providers) {
        text += provider_line(provider) + "\n";
        if (provider.status == CredentialStatus::missing && !provider.detail.empty())
            say(provider.name + ": " + provider.detail);
    }
    output.write(without_controls(text));
    if (outlook.local_fallback)
        say("No credential was found, so the small local model stands in. Set ANTHROPIC_API_KEY for Claude.");
    if (providers.empty()) say(no_provider_message());
    return exit_code::answered;
}

}  // namespace

void register_providers(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<EngineOptions>();
    CLI::App& command =
        *program.add_subcommand("providers", "What is configured, and where each credential comes from");
    add_engine_options(command, *options);
    command.callback([options, &chosen] { chosen = [options](Context&) { return providers_command(*options); }; });
}

}  // namespace cortex::cli
