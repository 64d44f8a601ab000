// failover URL ROUNDS TURNS: what it adds to a turn that its first provider fails. The upstream (fast_server) answers each second request below /down
// with a 503, so that every second turn of the first engine goes on to the second provider, and none trips the circuit breaker. In each
// round: such turns, turns of an engine that has the second provider alone, and a bare exchange that gets the 503. What failover adds is the first less
// both others.

#include "cortex_turns.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace {

/// Sends one request below /down after the other, over one connection.
class BareClient {
public:
    explicit BareClient(const std::string& url) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(bench::number(url.substr(url.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) bench::fail("cannot connect");
    }
    ~BareClient() { ::close(fd_); }
    BareClient(const BareClient&) = delete;
    BareClient& operator=(const BareClient&) = delete;

    /// True for a 503.
    bool exchange() {
        static const std::string body(1'000, ' ');
        static const std::string request = "POST /down/v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) bench::fail("cannot send");
        std::array<char, 16'384> buffer;
        std::string got;
        const auto whole = [&] {
            const std::size_t head = got.find("\r\n\r\n");
            if (head == std::string::npos) return false;
            const std::size_t at = got.find("Content-Length: ");
            return got.size() - head - 4 >= std::strtoul(got.c_str() + at + 16, nullptr, 10);
        };
        while (!whole()) {
            const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (count <= 0) bench::fail("the upstream hung up");
            got.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return got.starts_with("HTTP/1.1 503");
    }

private:
    int fd_;
};

double milliseconds_of(const auto& work) {
    const auto start = bench::Clock::now();
    work();
    return bench::milliseconds(bench::Clock::now() - start);
}

void measure(const std::string& url, std::size_t rounds, std::size_t turns) {
    const cortex::ProviderConfig first{.api_key = "k", .base_url = url + "/down"};
    const cortex::ProviderConfig second{.base_url = url + "/v1", .default_model = "gpt-4o"};
    const cortex::Engine both{{.providers = {{"anthropic", first}, {"backup", second}}, .orchestrator_model = bench::model, .worker_model = bench::model, .max_retries = 0}};
    const cortex::Engine alone{{.providers = {{"backup", second}}, .orchestrator_model = "gpt-4o", .worker_model = "gpt-4o", .max_retries = 0}};
    const auto agent = both.create_agent(bench::agent_config());
    const auto other = alone.create_agent(bench::agent_config());
    BareClient bare(url);

    std::vector<double> added;
    std::vector<double> whole;
    for (std::size_t round = 0; round <= rounds; ++round) {
        std::vector<double> moved;
        std::vector<double> plain;
        std::vector<double> refused;
        while (moved.size() < turns) {
            std::size_t attempts = 0;
            const double wall = milliseconds_of([&] { attempts = agent.start_session().run(bench::user_message).metadata.attempts.size(); });
            if (attempts == 2) moved.push_back(wall);
            plain.push_back(milliseconds_of([&] { bench::check_answer(other.start_session().run(bench::user_message)); }));
            // The upstream counts all requests below /down: two more of them leave its order as it was.
            for (int each = 0; each < 2; ++each) {
                bool down = false;
                const double exchange = milliseconds_of([&] { down = bare.exchange(); });
                if (down) refused.push_back(exchange);
            }
        }
        if (round == 0) continue;   // for warmth
        whole.push_back(bench::percentile(moved, 0.5));
        added.push_back(whole.back() - bench::percentile(plain, 0.5) - bench::percentile(refused, 0.5));
    }
    const double whole_median = bench::percentile(whole, 0.5);
    const double median = bench::percentile(added, 0.5);
    std::printf("a turn that fails over: %.3f ms (%.3f-%.3f); beyond the refused exchange and a turn of the second provider: %.3f ms (%.3f-%.3f)\n",
                whole_median, whole.front(), whole.back(), median, added.front(), added.back());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) bench::fail("usage: failover URL ROUNDS TURNS", 2);
    const std::string url = argv[1];
    bench::require_loopback(url);
    try {
        measure(url, bench::number(argv[2]), bench::number(argv[3]));
    } catch (const std::exception& error) {
        bench::fail(error.what());
    }
    return 0;
}
