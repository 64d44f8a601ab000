// What the drivers share: the command line, the clocks, and the line that they print for each mode.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

constexpr std::size_t warm_up_turns = 100;
constexpr std::size_t sessions_at_once = 100;
constexpr std::size_t deltas_per_answer = 50;

constexpr const char* model = "claude-sonnet-5";
constexpr const char* user_message = "What does a good benchmark tell its reader?";
/// What makes the upstream call the tool `add` once, and the tool `work` a thousand times.
constexpr const char* add_message = "CALL_ADD: What do 17 and 25 make?";
constexpr const char* many_message = "CALL_MANY: Do all of the work.";
constexpr std::size_t many_calls = 1000;
/// About 400 characters, as a small agent has.
constexpr const char* system_prompt =
    "You are a careful assistant for engineers. Answer in plain words and short sentences, and say first what the "
    "reader "
    "needs first. Where a number matters, give the number, its unit and where it comes from. Where you are not sure, "
    "say "
    "so and say what would settle it. Do not repeat the question, do not apologise, do not add a summary at the end, "
    "and "
    "keep any code that you show complete enough to be compiled as it stands.";

/// Ends the program: a failure must never be counted as speed.
[[noreturn]] inline void fail(std::string_view message, int code = 1) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
    std::fflush(stdout);
    std::_Exit(code);
}

struct Arguments {
    std::string url;
    std::vector<std::string> modes;
    std::size_t turns = 0;
};

inline std::size_t number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0)
        fail("not a number above 0: " + std::string(text), 2);
    return value;
}

inline void require_loopback(std::string_view url) {
    for (const std::string_view start : {"http://127.0.0.1:", "http://localhost:"})
        if (url.substr(0, start.size()) == start) return;
    fail("the upstream must be on loopback: http://127.0.0.1:PORT", 2);
}

/// `URL MODES N`; ends the program with code 2 for anything else, and for a mode that is not in `known`.
inline Arguments arguments(int argc, char** argv, const std::vector<std::string_view>& known) {
    if (argc != 4) fail("usage: " + std::string(argv[0]) + " URL MODE[,MODE...] N", 2);
    Arguments out{.url = argv[1], .modes = {}, .turns = number(argv[3])};
    require_loopback(out.url);
    while (out.url.ends_with('/')) out.url.pop_back();
    for (std::string_view rest = argv[2]; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string mode(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        if (std::find(known.begin(), known.end(), mode) == known.end()) fail("no such mode here: " + mode, 2);
        out.modes.push_back(mode);
    }
    if (out.modes.empty()) fail("no mode given", 2);
    return out;
}

using Clock = std::chrono::steady_clock;

inline double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// User and system time of the whole process, all threads.
inline double cpu_milliseconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Resident memory now.
inline double rss_megabytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    unsigned long long total = 0;
    unsigned long long resident = 0;
    if (file == nullptr || std::fscanf(file, "%llu %llu", &total, &resident) != 2) fail("cannot read /proc/self/statm");
    std::fclose(file);
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// Nearest rank; orders `values`.
inline double percentile(std::vector<double>& values, double part) {
    if (values.empty()) return 0.0;
    std::sort(values.begin(), values.end());
    const double rank = part * static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(rank + 0.5)];
}

/// One mode's measurement: made after the warm-up, `report`ed after the last turn.
class Measure {
public:
    explicit Measure(std::size_t turns) { walls_.reserve(turns); }

    void turn(Clock::duration wall) { walls_.push_back(milliseconds(wall)); }

    void report(std::string_view mode, const char* version) {
        const double wall = milliseconds(Clock::now() - start_);
        const double cpu = cpu_milliseconds() - cpu_;
        const auto turns = static_cast<double>(walls_.size());
        const double p50 = percentile(walls_, 0.50);
        const double p99 = percentile(walls_, 0.99);
        std::printf(
            "{\"mode\":\"%.*s\",\"turns\":%zu,\"cpu_ms_per_turn\":%.4f,\"wall_ms_p50\":%.4f,\"wall_ms_p99\":%.4f,"
            "\"turns_per_s\":%.1f,\"rss_mb\":%.1f,\"version\":\"%s\"}\n",
            static_cast<int>(mode.size()), mode.data(), walls_.size(), cpu / turns, p50, p99, turns / wall * 1e3,
            rss_megabytes(), version);
        std::fflush(stdout);
    }

private:
    std::vector<double> walls_;
    double cpu_ = cpu_milliseconds();
    Clock::time_point start_ = Clock::now();
};

}  // namespace bench
