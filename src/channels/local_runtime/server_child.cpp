#include "channels/local_runtime/server_child.hpp"

#include "channels/local_runtime/fetch.hpp"
#include "channels/local_runtime/line_reader.hpp"
#include "channels/local_runtime/loopback_probe.hpp"
#include "channels/local_runtime/model_file.hpp"
#include "channels/local_runtime/python.hpp"
#include "channels/local_runtime/recipe.hpp"
#include "channels/local_runtime/scripts.hpp"
#include "core/json_writer.hpp"
#include "core/mask.hpp"
#include "core/text.hpp"

#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <fstream>
#include <thread>

namespace cortex::channels {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds probe_pause{50};
constexpr milliseconds probe_limit{5000};
constexpr milliseconds end_grace{2000};
constexpr std::size_t kept_logs = 8;
constexpr int bind_attempts = 3;

ErrorInfo server_error(ErrorCode code, std::string message) {
    return {.code = code, .message = std::move(message), .retryable = code == ErrorCode::timeout, .provider = "local"};
}

std::string random_key() {
    std::array<unsigned char, 24> bytes{};
    // Never short and never failing for so few bytes once the system has booted (getrandom(2)).
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return {};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string key = "local-";
    for (const auto byte : bytes) {
        key += digits[byte >> 4U];
        key += digits[byte & 15U];
    }
    return key;
}

// The child talks to nobody but us: it gets what programs need to run, and none of the host's keys.
bool is_private(std::string_view name) {
    for (const std::string_view allowed : {"PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH"})
        if (name == allowed) return false;
    for (const std::string_view prefix : {"LC_", "OMP_", "GOMP_", "GGML_", "ASAN_", "LSAN_", "TSAN_"})
        if (name.starts_with(prefix)) return false;
    return true;
}

std::filesystem::path new_log(const Home& home) {
    std::error_code ignored;
    std::filesystem::create_directories(home.log(), ignored);
    std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> old;
    for (std::filesystem::directory_iterator entry(home.log(), ignored), end; !ignored && entry != end; entry.increment(ignored))
        if (std::error_code gone; entry->path().filename().string().starts_with("server-"))
            old.emplace_back(entry->last_write_time(gone), entry->path());
    std::sort(old.begin(), old.end());
    for (std::size_t i = 0; i + kept_logs <= old.size(); ++i) std::filesystem::remove(old[i].second, ignored);
    static std::atomic<unsigned> serial{0};
    return home.log() / ("server-" + std::to_string(::getpid()) + "-" + std::to_string(++serial) + ".log");
}

std::string last_words(const std::filesystem::path& log, std::string_view secret) {
    std::ifstream in(log, std::ios::binary | std::ios::ate);
    if (!in) return "no log";
    constexpr std::streamoff most = 1200;
    in.seekg(std::max<std::streamoff>(0, in.tellg() - most));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (const auto text = trim(line); !text.empty()) lines.emplace_back(text);
    std::string words;
    for (std::size_t i = lines.size() > 4 ? lines.size() - 4 : 0; i < lines.size(); ++i)
        words += (words.empty() ? "" : " | ") + lines[i];
    return words.empty() ? "it said nothing" : mask_secret(replace_invalid_utf8(words), secret);
}

class Launch {
public:
    Launch(const Home& home, const std::filesystem::path& gguf, const EmbeddedServerOptions& options, int interrupt)
        : home_(home), gguf_(gguf), options_(options), interrupt_(interrupt), until_(steady_clock::now() + options.load_limit) {
        const int cores = static_cast<int>(std::thread::hardware_concurrency());
        threads_ = options.threads > 0 ? options.threads : std::clamp(cores, 1, 4);
    }

    Result<ServerChild> run() {
        if (auto checked = check_model_file(gguf_); !checked) return checked.error();
        started_.endpoint.api_key = random_key();
        if (started_.endpoint.api_key.empty()) return server_error(ErrorCode::unavailable, "The system has no random numbers.");
        const std::string own = environment_value("CORTEX_LLAMA_SERVER");
        if (own.empty()) {
            auto ready = run_runtime();
            if (!ready) return ready.error();
            return std::move(started_);
        }
        for (int attempt = 1;; ++attempt) {
            auto ready = run_program(own);
            if (ready) return std::move(started_);
            // Between choosing the port and the child's bind somebody else may have taken it.
            const bool lost_port = ready.error().message.find("bind") != std::string::npos;
            if (!lost_port || attempt == bind_attempts) return ready.error();
        }
    }

private:
    Result<void> run_runtime() {
        if (!runtime_installed(home_, pinned_runtime()))
            return server_error(ErrorCode::config,
                                "The program that serves local models is not installed below " + home_.root().string() +
                                    ". Fetch it with `cortex local pull`, set CORTEX_LLAMA_SERVER to a llama-server, or set "
                                    "base_url to a server that runs already.");
        ChildSpec spec;
        spec.argv = python_command(home_.runtime_python(), embedded::local_serve_script, "cortex-local-server");
        spec.environment = environment_without(is_private);
        if (auto spawned = spawn(spec); !spawned) return spawned;
        JsonWriter job;
        job.begin_object()
            .field("model", gguf_.string())
            .field("alias", gguf_.stem().string())
            .field("api_key", started_.endpoint.api_key)
            .field("context", options_.context)
            .field("prompt_cache_mib", options_.prompt_cache_mib)
            .field("threads", threads_)
            .end_object();
        // A child that died does not listen; what it said then is told below.
        started_.process.send(std::string(embedded::local_serve_script) + job.text() + "\n");
        auto port = announced_port();
        if (!port) return port.error();
        return answers(*port);
    }

    Result<void> run_program(const std::string& program) {
        const int port = free_loopback_port();
        const auto number = [](int value) { return std::to_string(value); };
        ChildSpec spec;
        spec.argv = {program, "--model", gguf_.string(), "--alias", gguf_.stem().string(), "--host", "127.0.0.1", "--port",
                     number(port), "--ctx-size", number(options_.context), "--threads", number(threads_), "--parallel", "1",
                     "--temp", "0.7", "--top-p", "0.8", "--top-k", "20", "--repeat-penalty", "1.1"};
        spec.environment = environment_without(is_private);
        spec.environment.push_back("LLAMA_API_KEY=" + started_.endpoint.api_key);
        spec.log_output = true;
        if (auto spawned = spawn(spec); !spawned) return spawned;
        return answers(port);
    }

    Result<void> spawn(ChildSpec& spec) {
        if (std::none_of(spec.environment.begin(), spec.environment.end(),
                         [](const std::string& entry) { return entry.starts_with("OMP_WAIT_POLICY="); }))
            spec.environment.emplace_back("OMP_WAIT_POLICY=passive");
        started_.log = spec.log = new_log(home_);
        auto child = ChildProcess::spawn(spec);
        if (!child) return std::move(child).error();
        started_.process = std::move(child).value();
        return {};
    }

    // Nothing when `readable` is ready or `pause` is over; otherwise why waiting makes no sense any more.
    std::optional<ErrorInfo> wait(int readable, milliseconds pause) {
        const auto left = std::chrono::ceil<milliseconds>(until_ - steady_clock::now());
        if (left.count() <= 0)
            return server_error(ErrorCode::timeout, "The local model server was not ready after " +
                                                        std::to_string(options_.load_limit.count() / 1000) +
                                                        " s and was ended. Its log: " + started_.log.string() + ".");
        std::array<pollfd, 3> watched{pollfd{.fd = interrupt_, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = started_.process.end_signal(), .events = POLLIN, .revents = 0},
                                      pollfd{.fd = readable, .events = POLLIN, .revents = 0}};
        ::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, pause).count()));
        if (watched[0].revents != 0) return server_error(ErrorCode::cancelled, "The local model server was stopped while it started.");
        if (watched[2].revents != 0) return std::nullopt;
        if (watched[1].revents != 0) return death();
        return std::nullopt;
    }

    ErrorInfo death() {
        const auto status = started_.process.wait(milliseconds(1000));
        return server_error(ErrorCode::unavailable,
                            "The local model server ended while it started (" + describe_wait_status(status.value_or(0)) +
                                "): " + last_words(started_.log, started_.endpoint.api_key) +
                                ". Its whole log: " + started_.log.string() + ".");
    }

    Result<int> announced_port() {
        LineReader lines(started_.process.output());
        while (true) {
            while (const auto line = lines.next()) {
                constexpr std::string_view word = "ready ";
                int port = 0;
                if (line->starts_with(word) &&
                    std::from_chars(line->data() + word.size(), line->data() + line->size(), port).ec == std::errc{})
                    return port;
            }
            if (auto reason = wait(started_.process.output(), milliseconds(60'000))) return *std::move(reason);
            pollfd has_data{.fd = started_.process.output(), .events = POLLIN, .revents = 0};
            if (::poll(&has_data, 1, 0) == 1 && !lines.fill()) return death();
        }
    }

    Result<void> answers(int port) {
        while (true) {
            // The models list wants the key, so a stranger on this port is not taken for our child.
            if (const auto status = probe_loopback(port, "/v1/models", started_.endpoint.api_key, probe_limit); status == 200) {
                if (started_.process.wait(milliseconds(0))) return death();
                started_.endpoint.base_url = "http://127.0.0.1:" + std::to_string(port) + "/v1";
                return {};
            }
            if (auto reason = wait(-1, probe_pause)) return *std::move(reason);
        }
    }

    const Home& home_;
    const std::filesystem::path& gguf_;
    const EmbeddedServerOptions& options_;
    int interrupt_;
    int threads_ = 1;
    steady_clock::time_point until_;
    ServerChild started_;
};

}  // namespace

Result<ServerChild> start_server_child(const Home& home, const std::filesystem::path& gguf,
                                       const EmbeddedServerOptions& options, int interrupt) {
    return Launch(home, gguf, options, interrupt).run();
}

void end_server_child(ServerChild& child) noexcept { child.process.terminate(end_grace); }

}  // namespace cortex::channels
