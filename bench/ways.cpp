// ways URL ROUNDS TURNS: one turn of the engine by the direct API, by Amazon Bedrock and by Google Vertex AI, in turn, on one emulator
// (cortex-emulator --key k --google-token ya29.bench --script bench/ways_script.json, which writes each answer at once: how often this
// process is woken must not differ between the ways). CPU of this process alone: what a way adds is framing and authorization.
// Then how long a search for cloud credentials takes where every place is empty and the metadata servers are mute.

#include "driver.hpp"

#include <cortex/cortex.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

struct Way {
    const char* name;
    cortex::ProviderConfig provider;
};

std::vector<Way> ways(const std::string& url) {
    return {{"direct", {.api_key = "k", .base_url = url}},
            {"bedrock", {.base_url = url, .bedrock = true, .aws_access_key_id = "AKIDEXAMPLE", .aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}},
            {"vertex", {.api_key = "ya29.bench", .base_url = url + "/v1", .vertex_ai = true, .project = "bench-project"}}};
}

cortex::Engine engine_for(const cortex::ProviderConfig& provider) { return cortex::Engine{{.providers = {{"anthropic", provider}}, .orchestrator_model = "claude-sonnet-4-5"}}; }

void turn(const cortex::Agent& agent, bool streaming) {
    auto session = agent.start_session();
    std::size_t bytes = 0;
    if (streaming) {
        for (const auto& chunk : session.run_stream("ANSWER_WORDS: 60")) bytes += chunk.content.size();
    } else {
        bytes = session.run("ANSWER_WORDS: 60").content.size();
    }
    if (bytes < 100) bench::fail("an answer was wrong or empty");
}

double cpu_us_per_turn(const cortex::Agent& agent, bool streaming, std::size_t turns) {
    for (std::size_t i = 0; i < 20; ++i) turn(agent, streaming);
    const double before = bench::cpu_milliseconds();
    for (std::size_t i = 0; i < turns; ++i) turn(agent, streaming);
    return (bench::cpu_milliseconds() - before) * 1e3 / static_cast<double>(turns);
}

void compare(const std::string& url, std::size_t rounds, std::size_t turns) {
    std::map<std::string, std::vector<double>> figures;
    std::vector<cortex::Engine> engines;
    for (const Way& way : ways(url)) engines.push_back(engine_for(way.provider));
    for (std::size_t round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < engines.size(); ++i)
            for (const bool streaming : {false, true}) {
                const cortex::Agent agent = engines[i].create_agent({.name = "bench", .system_prompt = bench::system_prompt});
                figures[std::string(ways(url)[i].name) + (streaming ? " stream" : " json")].push_back(cpu_us_per_turn(agent, streaming, turns));
            }
    for (const Way& way : ways(url))
        for (const char* mode : {" json", " stream"}) {
            std::vector<double>& own = figures[way.name + std::string(mode)];
            std::vector<double> over;
            for (std::size_t i = 0; i < own.size(); ++i) over.push_back(own[i] - figures["direct" + std::string(mode)][i]);
            const double median = bench::percentile(own, 0.5);
            const double median_over = bench::percentile(over, 0.5);   // both are in order now
            std::printf("%-16s %7.1f us CPU a turn (%.1f-%.1f), %+.1f us over direct in the same round (%.1f-%.1f)\n", (way.name + std::string(mode)).c_str(), median, own.front(), own.back(), median_over, over.front(),
                        over.back());
        }
}

/// A server that takes connections and never says a word.
class MuteServer {
public:
    MuteServer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(fd_, plain, size) != 0 || ::listen(fd_, 16) != 0 || ::getsockname(fd_, plain, &size) != 0) bench::fail("no socket");
        port_ = ntohs(address.sin_port);
    }
    ~MuteServer() { ::close(fd_); }
    MuteServer(const MuteServer&) = delete;
    MuteServer& operator=(const MuteServer&) = delete;
    std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    int fd_;
    int port_ = 0;
};

void search_in_vain() {
    const MuteServer mute;
    ::setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
    ::setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
    ::setenv("CLOUDSDK_CONFIG", "/nonexistent", 1);
    ::setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", ("http://" + mute.place()).c_str(), 1);
    ::setenv("GCE_METADATA_HOST", mute.place().c_str(), 1);
    const std::array<Way, 2> clouds{Way{"aws", {.bedrock = true}}, Way{"google", {.vertex_ai = true, .project = "bench-project"}}};
    for (const Way& cloud : clouds) {
        const cortex::Engine engine = engine_for(cloud.provider);
        const cortex::Agent agent = engine.create_agent({.name = "bench"});
        std::array<double, 2> walls{};
        for (double& wall : walls) {
            const auto start = bench::Clock::now();
            try {
                agent.start_session().run("hello");
                bench::fail("there were credentials");
            } catch (const cortex::ProviderAuthError&) {
                wall = bench::milliseconds(bench::Clock::now() - start);
            }
        }
        std::printf("%-16s %7.0f ms until \"there are no credentials\" beside a limit of 1500; again: %.3f ms\n", cloud.name, walls[0], walls[1]);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) bench::fail("usage: ways URL ROUNDS TURNS", 2);
    const std::string url = argv[1];
    bench::require_loopback(url);
    try {
        compare(url, bench::number(argv[2]), bench::number(argv[3]));
        search_in_vain();
    } catch (const std::exception& error) {
        bench::fail(error.what());
    }
    return 0;
}
