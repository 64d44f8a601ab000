// streams URL COUNT SECONDS: COUNT streams open at once in one engine, against `fast_server --drip`.
// How much memory one takes, and how late the engine's thread is: each delta carries the time of its writing, and the wake
// function (which runs on that thread) reads the clock. In the same run a bare thread waits for a timerfd of its own; what it
// is late by is the machine's doing, not the engine's.

#include "cortex_turns.hpp"

#include <cortex/cortex.hpp>

#include <sys/timerfd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace {

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(bench::Clock::now().time_since_epoch()).count();
}

/// A thread that does nothing but wait for the kernel, every millisecond.
class BareTimer {
public:
    BareTimer() : thread_([this] { run(); }) {}
    BareTimer(const BareTimer&) = delete;
    BareTimer& operator=(const BareTimer&) = delete;
    ~BareTimer() { stop(); }

    std::vector<double>& stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
        return late_ms_;
    }

private:
    void run() {
        constexpr std::int64_t period = 1'000'000;
        const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        std::int64_t due = now_ns() + period;
        itimerspec spec{};
        spec.it_interval.tv_nsec = period;
        spec.it_value.tv_sec = due / 1'000'000'000;
        spec.it_value.tv_nsec = due % 1'000'000'000;
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, nullptr);
        while (!stop_) {
            std::uint64_t ticks = 0;
            if (read(timer, &ticks, sizeof ticks) != static_cast<ssize_t>(sizeof ticks)) break;
            // The first of several missed ticks is the one that was late.
            late_ms_.push_back(static_cast<double>(now_ns() - due) / 1e6);
            due += period * static_cast<std::int64_t>(ticks);
        }
        close(timer);
    }

    std::atomic<bool> stop_ = false;
    std::vector<double> late_ms_;
    std::thread thread_;  // last: it uses the others
};

struct OpenStream {
    std::unique_ptr<cortex::Session> session;
    std::unique_ptr<cortex::Run> run;
    bench::ReadyQueue::Ticket ticket;
    std::int64_t woken_ns = 0;
    bool seen = false;

    static void wake(void* self) noexcept {
        auto& stream = *static_cast<OpenStream*>(self);
        stream.woken_ns = now_ns();
        bench::ReadyQueue::wake(&stream.ticket);
    }
};

class Streams {
public:
    /// The streams are dealt out among the agents in turn.
    Streams(const std::vector<cortex::Agent>& agents, std::size_t count) : agents_(agents), streams_(count) { queue_.reserve(count); }

    /// Opens all, and returns when each has brought its first delta. Few at once: the point is not to knock the door down.
    void open() {
        std::size_t opened = 0;
        std::size_t started = 0;
        while (opened < streams_.size()) {
            while (started < streams_.size() && started - answered_ < 1000) start(started++);
            take();
            opened = with_delta_;
        }
    }

    /// Takes deltas for so long, and notes how late each was.
    std::vector<double> listen(std::chrono::seconds duration) {
        late_ms_.clear();
        const auto end = bench::Clock::now() + duration;
        while (bench::Clock::now() < end) take();
        return std::move(late_ms_);
    }

private:
    void start(std::size_t index) {
        OpenStream& stream = streams_[index];
        stream.ticket = {.queue = &queue_, .slot = index};
        stream.session = std::make_unique<cortex::Session>(agents_[index % agents_.size()].start_session());
        stream.run = std::make_unique<cortex::Run>(stream.session->start(bench::user_message));
        stream.run->on_ready(&OpenStream::wake, &stream);
    }

    void take() {
        for (const std::size_t index : queue_.take()) {
            OpenStream& stream = streams_[index];
            const std::int64_t woken = stream.woken_ns;
            bool first = true;
            while (auto event = stream.run->try_next()) {
                const auto* chunk = std::get_if<cortex::StreamChunk>(&*event);
                // Only the first chunk of a wake is the one that woke.
                if (chunk == nullptr || !std::exchange(first, false)) continue;
                std::int64_t written = 0;
                const auto* text = chunk->content.data();
                const auto parsed = std::from_chars(text, text + chunk->content.size(), written);
                if (parsed.ec != std::errc{} || written == 0)
                    bench::fail("a delta carries no time: is the server dripping?");
                late_ms_.push_back(static_cast<double>(woken - written) / 1e6);
                if (!std::exchange(stream.seen, true)) {
                    ++with_delta_;
                    ++answered_;
                }
            }
            if (stream.run->finished()) {
                stream.run->result();  // throws what went wrong
                bench::fail("a stream ended");
            }
        }
    }

    const std::vector<cortex::Agent>& agents_;
    bench::ReadyQueue queue_;
    std::vector<OpenStream> streams_;
    std::vector<double> late_ms_;
    std::size_t answered_ = 0;
    std::size_t with_delta_ = 0;
};

std::size_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

/// One engine for each vendor's streams: an engine's roles name two models, and each has one network thread here.
std::vector<cortex::Agent> agents_of(const char* url, bool all_vendors) {
    std::vector<cortex::Agent> out;
    for (const bench::Vendor& vendor : bench::vendors)
        if (all_vendors || out.empty()) out.push_back(bench::make_engine(url, vendor).create_agent(bench::agent_config()));
    return out;
}

void measure(const char* url, std::size_t count, std::size_t seconds, bool all_vendors = false) {
    bench::require_loopback(url);
    const auto agents = agents_of(url, all_vendors);
    {
        Streams first(agents, agents.size());  // starts the engine's thread, so that it is not counted as a stream's memory
        first.open();
    }
    const double before = bench::rss_megabytes();
    const auto start = bench::Clock::now();
    Streams streams(agents, count);
    streams.open();
    const double open_s = bench::milliseconds(bench::Clock::now() - start) / 1e3;

    const double cpu = bench::cpu_milliseconds();
    BareTimer timer;
    auto late = streams.listen(std::chrono::seconds(seconds));
    auto& timer_late = timer.stop();
    const double cpu_share = (bench::cpu_milliseconds() - cpu) / static_cast<double>(seconds) / 10.0;
    const double rss = bench::rss_megabytes();
    std::printf(
        "{\"streams\":%zu,\"open_s\":%.1f,\"threads\":%zu,\"rss_mb\":%.1f,\"kb_per_stream\":%.2f,\"cpu_percent\":%.1f,"
        "\"deltas\":%zu,\"delta_late_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f},"
        "\"timer_late_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}}\n",
        count, open_s, threads(), rss, (rss - before) * 1e3 / static_cast<double>(count), cpu_share, late.size(),
        bench::percentile(late, 0.5), bench::percentile(late, 0.99), bench::percentile(late, 1.0),
        bench::percentile(timer_late, 0.5), bench::percentile(timer_late, 0.99), bench::percentile(timer_late, 1.0));
    std::fflush(stdout);
}

}  // namespace

/// The same from within another process: streams_beside_python.py calls it.
extern "C" __attribute__((visibility("default"))) int cortex_bench_streams(const char* url, std::size_t count,
                                                                           std::size_t seconds) {
    try {
        measure(url, count, seconds);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

int main(int argc, char** argv) {
    if (argc == 5 && std::string_view(argv[4]) == "vendors") {
        measure(argv[1], bench::number(argv[2]), bench::number(argv[3]), true);
        return 0;
    }
    if (argc != 4) bench::fail("usage: streams URL COUNT SECONDS [vendors]", 2);
    return cortex_bench_streams(argv[1], bench::number(argv[2]), bench::number(argv[3]));
}
