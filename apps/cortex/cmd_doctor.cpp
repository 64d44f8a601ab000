#include "commands.hpp"
#include "config_file.hpp"
#include "engine_choice.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "output.hpp"
#include "provider_lines.hpp"

#include <cortex/cortex.hpp>
#include <cortex/local_model.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace cortex::cli {
namespace {

struct DoctorOptions {
    EngineOptions engine = {};
    bool probe = false;
};

std::string network_settings() {
    std::string names;
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY",
                             "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
        const char* value = std::getenv(name);
        // The name alone: a proxy's address may hold a password.
        if (value != nullptr && *value != '\0') names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return names.empty() ? "no proxy, the system's certificates" : names;
}

std::string local_model_line() {
    const local_model::Status status = local_model::status();
    if (status.ready()) return status.weights.title + " is ready";
    if (status.fetched) return status.weights.title + " is not complete: cortex local pull";
    return "not fetched: cortex local pull";
}

void report(const std::vector<ProviderStatus>& providers, Output& output) {
    std::string text;
    for (const ProviderStatus& provider : providers) {
        text += "\n" + provider_line(provider) + "\n";
        if (provider.expires_at) text += "    the credential ends at " + utc_time(*provider.expires_at) + "\n";
        for (const std::string& source : provider.considered) text += "    " + source + "\n";
        if (!provider.detail.empty()) text += "    " + provider.detail + "\n";
    }
    output.write(without_controls(text));
}

/// Which provider and model a turn would use; throws what would stop it before any request.
RequestPreview outlook_of_a_turn(const Engine& engine) {
    return engine.create_agent({.name = "cortex"}).start_session().preview("Hello.");
}

int verdict(const std::vector<ProviderStatus>& providers, const std::string& serving, bool probed) {
    int code = exit_code::answered;
    for (const ProviderStatus& provider : providers) {
        if (provider.status == CredentialStatus::rejected) return exit_code::authentication;
        if (provider.status == CredentialStatus::missing && provider.name == serving) return exit_code::authentication;
        // Its key was found but no answer came: unreachable or broken.
        if (probed && provider.status == CredentialStatus::present) code = exit_code::unavailable;
    }
    return code;
}

int doctor_command(const DoctorOptions& options) {
    Output output;
    const auto path = config_path(options.engine.config);
    output.write("cortex " + std::string(version()) +
                 "\nconfiguration: " + path.value_or("none (--config, CORTEX_CONFIG)") +
                 "\nnetwork: " + network_settings() + "\nlocal model: " + local_model_line() + "\n");

    Outlook outlook = look_at_engine(engine_config(options.engine));
    std::vector<ProviderStatus> providers = outlook.engine.providers();
    if (providers.empty()) throw_error({.code = ErrorCode::auth, .message = no_provider_message()});
    if (options.probe) providers = outlook.engine.verify();
    report(providers, output);
    if (outlook.local_fallback) output.write("\nNo credential was found, so the small local model stands in.\n");

    std::string serving = providers.front().name;
    try {
        const RequestPreview turn = outlook_of_a_turn(outlook.engine);
        serving = turn.provider;
        output.write("\nanswers come from " + turn.model + " through " + turn.provider + "\n");
    } catch (const ProviderAuthError&) {
        // Told above, with the provider that lacks its credential.
    }
    const int code = verdict(providers, serving, options.probe);
    if (code == exit_code::authentication)
        say("A provider's credential is missing or was refused. The lines above say which, and where it is looked "
            "for.");
    if (code == exit_code::unavailable) say("A provider did not answer as it should. The lines above say which.");
    return code;
}

}  // namespace

void register_doctor(CLI::App& program, Task& chosen) {
    auto options = std::make_shared<DoctorOptions>();
    CLI::App& command =
        *program.add_subcommand("doctor", "Check the configuration: which credential is used, and why not another");
    command.add_flag("--probe", options->probe, "Also make the cheapest real request to each provider");
    add_engine_options(command, options->engine);
    command.callback([options, &chosen] { chosen = [options](Context&) { return doctor_command(*options); }; });
}

}  // namespace cortex::cli
