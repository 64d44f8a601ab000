// memory_slope URL TURNS: resident memory over many turns, a hundred sessions at once, whole and streamed answers by turns.
// Prints the memory after each twentieth part, and the growth of a straight line through those after the first tenth, in
// percent of the memory over all of TURNS.

#include "cortex_turns.hpp"

#include <cortex/cortex.hpp>

#include <cstdio>
#include <exception>
#include <vector>

namespace {

constexpr std::size_t parts = 20;

/// The slope of the least-squares line through (0, y0), (1, y1), ...
double slope(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean_x = (count - 1) / 2;
    double mean_y = 0;
    for (const double value : values) mean_y += value / count;
    double above = 0;
    double below = 0;
    double x = 0;
    for (const double value : values) {
        above += (x - mean_x) * (value - mean_y);
        below += (x - mean_x) * (x - mean_x);
        ++x;
    }
    return above / below;
}

void measure(const char* url, std::size_t turns) {
    bench::require_loopback(url);
    const auto engine = bench::make_engine(url);
    const auto agent = engine.create_agent(bench::agent_config());
    bench::Crowd whole(agent, false);
    bench::Crowd streamed(agent, true);
    std::vector<double> memory;
    const std::size_t part = turns / parts;
    const auto start = bench::Clock::now();
    for (std::size_t i = 0; i < parts; ++i) {
        whole.run(part / 2, [](bench::Clock::duration) {});
        streamed.run(part - part / 2, [](bench::Clock::duration) {});
        memory.push_back(bench::rss_megabytes());
        std::printf("%zu turns: %.2f MB\n", part * (i + 1), memory.back());
        std::fflush(stdout);
    }
    const std::vector<double> settled(memory.begin() + static_cast<std::ptrdiff_t>(parts / 10), memory.end());
    std::printf("{\"turns\":%zu,\"seconds\":%.0f,\"rss_mb\":%.2f,\"growth_percent\":%.3f}\n", part * parts,
                bench::milliseconds(bench::Clock::now() - start) / 1e3, memory.back(),
                slope(settled) * static_cast<double>(parts) / settled.front() * 100);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) bench::fail("usage: memory_slope URL TURNS", 2);
    const std::size_t turns = bench::number(argv[2]);
    if (turns < parts * 200) bench::fail("at least 4,000 turns", 2);
    try {
        measure(argv[1], turns);
    } catch (const std::exception& error) {
        bench::fail(error.what());
    }
}
