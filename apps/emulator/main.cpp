// cortex-emulator: the command line.

#include "checks.hpp"
#include "faults.hpp"
#include "server.hpp"

#include <CLI/CLI.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

struct Options {
    emulator::ServiceOptions service;
    emulator::ServerOptions server;
    std::string script_file;
    std::string record_file;
    std::vector<std::string> faults;
    std::vector<std::string> tls;
    bool allow_remote = false;
    bool die_with_parent = false;
};

bool is_loopback(const std::string& host) { return host == "::1" || host.starts_with("127."); }

// The kernel's own death signal follows the thread that started this program, which may end long before its process does; so
// the process is watched, and the signal is for kernels that cannot do that.
void end_with_parent(emulator::Server& server, pid_t parent) {
    const long descriptor = syscall(SYS_pidfd_open, parent, 0);
    if (descriptor >= 0) {
        server.end_with(static_cast<int>(descriptor));
    } else {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
    if (getppid() != parent) {  // it ended meanwhile
        std::raise(SIGTERM);
    }
}

// Thousands of streams need as many descriptors; the soft limit is often 1,024.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

emulator::json::value read_json_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    std::ostringstream text;
    text << file.rdbuf();
    boost::system::error_code error;
    emulator::json::value parsed = emulator::json::parse(text.str(), error);
    if (error) {
        throw std::runtime_error(path + " is not valid JSON: " + error.message());
    }
    return parsed;
}

int serve(const Options& options, pid_t parent) {
    emulator::Service service(options.service);
    if (!options.record_file.empty()) {
        service.recorder().write_to(options.record_file);
    }
    for (const std::string& fault : options.faults) {
        std::vector<emulator::Step> steps;
        steps.push_back(emulator::read_fault(fault));
        service.script().add(std::move(steps));
    }
    if (!options.script_file.empty()) {
        service.script().add(emulator::read_steps(read_json_file(options.script_file)));
    }
    emulator::Server server(options.server, service);
    if (options.die_with_parent) {
        end_with_parent(server, parent);
    }
    const std::string host =
        options.server.host.find(':') == std::string::npos ? options.server.host : "[" + options.server.host + "]";
    std::cout << "listening on " << (options.tls.empty() ? "http://" : "https://") << host << ":" << server.port()
              << std::endl;
    server.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const pid_t parent = getppid();
    Options options;
    CLI::App app{
        "A strict emulator of the Anthropic Messages, OpenAI Chat Completions and Responses APIs, for tests without an "
        "account.\n"
        "Prints one line with its address and serves until SIGTERM or SIGINT."};
    app.name("cortex-emulator");
    app.footer(
        std::string(emulator::fault_help()) +
        "\n\nRoutes: POST /v1/messages, POST /v1/messages/count_tokens, GET /v1/models[/ID], POST "
        "/v1/chat/completions, POST /v1/responses, GET /health\n"
        "Azure OpenAI: /openai/deployments/D/chat/completions, /openai/responses, /openai/v1/...\n"
        "Amazon: POST /model/ID/invoke[-with-response-stream], /model/ID/count-tokens, /anthropic/v1/messages; STS, "
        "Identity Center, sign-in, container and instance credentials\n"
        "Google Cloud: Claude on Vertex AI, /token, /v1/token, /v1/oauthtoken, generateAccessToken, /computeMetadata\n"
        "Control: POST /_emulator/script, GET|DELETE /_emulator/requests, POST /_emulator/reset, GET /_emulator/stats, "
        "GET|PUT /_emulator/aws, PUT /_emulator/google, GET /_emulator/google/files");
    app.add_option("--host", options.server.host, "address to listen on")->capture_default_str();
    app.add_option("--port", options.server.port, "port; 0: any free one")->capture_default_str();
    app.add_flag("--allow-remote", options.allow_remote, "allow a host that is not loopback");
    app.add_option("--key", options.service.keys,
                   "an API key that is accepted; may be repeated (default: any that does not look wrong)");
    app.add_flag("--local", options.service.local,
                 "OpenAI routes behave as a local server: no key, any model, lenient");
    app.add_option("--script", options.script_file, "JSON file with the answers to give");
    app.add_option("--fault", options.faults, "a fault of the first requests, see below; may be repeated");
    app.add_option("--record", options.record_file, "append every request to this file, one JSON object a line");
    app.add_flag("--record-secrets", options.service.record_secrets,
                 "record keys as they came instead of a hash of them");
    app.add_option("--google-token", options.service.google_tokens,
                   "an access token that Google's routes always accept; may be repeated");
    app.add_option("--aws-key", options.service.aws.keys,
                   "a key pair that AWS's routes know, ID:SECRET[:TOKEN]; may be repeated");
    app.add_option("--aws-region", options.service.aws.region, "the region that signatures must be scoped to")
        ->capture_default_str();
    app.add_flag("--gzip", options.service.gzip, "compress answers for clients that accept it");
    app.add_option("--tls", options.tls, "certificate and private key (PEM files)")->expected(2);
    app.add_flag("--die-with-parent", options.die_with_parent, "end when the process that started this one ends");
    CLI11_PARSE(app, argc, argv);
    if (!options.allow_remote && !is_loopback(options.server.host)) {
        std::cerr << "cortex-emulator: " << options.server.host
                  << " is not a loopback address; --allow-remote permits it\n";
        return 2;
    }
    if (options.tls.size() == 2) {
        options.server.certificate = options.tls[0];
        options.server.private_key = options.tls[1];
    }
    raise_descriptor_limit();
    try {
        return serve(options, parent);
    } catch (const std::exception& error) {
        std::cerr << "cortex-emulator: " << error.what() << "\n";
        return 2;
    }
}
