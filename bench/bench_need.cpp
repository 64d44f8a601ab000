// What deciding how much thinking a turn is worth costs, beside a physical floor: hashing the same bytes once and finding their line
// ends (memchr). Prints the 50th and the 99th percentile of CPU time in microseconds over the prompts of a JSON-lines file, the allocations of a call, and the
// same for one prompt of 20 MB.
//
//   bench_need FILE.jsonl

#include "brain/need.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

/// The thread's own time, so that other programs on the machine do not count.
std::chrono::nanoseconds thread_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

constexpr int rounds = 25;

double microseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::micro>(time).count(); }

double at(std::vector<double>& times, double part) {
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
}

std::uint64_t hash_once(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

std::uint64_t find_lines(std::string_view text) {
    std::uint64_t lines = 0;
    while (!text.empty()) {
        const void* end = std::memchr(text.data(), '\n', text.size());
        if (end == nullptr) break;
        ++lines;
        text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(end) - text.data()) + 1);
    }
    return lines;
}

template <class Work>
void measure(std::string_view name, const std::vector<std::string>& prompts, Work&& work) {
    std::vector<double> times;
    times.reserve(prompts.size() * rounds);
    std::uint64_t sink = 0;
    const std::uint64_t before = allocations.load();
    for (int round = 0; round < rounds; ++round) {
        for (const std::string& prompt : prompts) {
            const auto start = thread_time();
            sink += work(prompt);
            times.push_back(microseconds(thread_time() - start));
        }
    }
    const double each = static_cast<double>(allocations.load() - before) / static_cast<double>(times.size());
    const double median = at(times, 0.5);
    std::printf("%-34.*s p50 %8.2f us   p99 %8.2f us   max %8.2f us   %5.1f allocations   (%llx)\n",
                static_cast<int>(name.size()), name.data(), median, at(times, 0.99), times.back(), each,
                static_cast<unsigned long long>(sink & 0xFU));
}

std::uint64_t assess(std::string_view prompt) {
    return static_cast<std::uint64_t>(cortex::brain::assess({.prompt = prompt}).need * 1e6);
}

void all(std::string_view name, const std::vector<std::string>& prompts) {
    measure(std::string(name) + ": assess", prompts, assess);
    measure(std::string(name) + ": hash of the bytes", prompts, hash_once);
    measure(std::string(name) + ": memchr of line ends", prompts, find_lines);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_need FILE.jsonl\n");
        return 2;
    }
    std::ifstream in(argv[1]);
    std::vector<std::string> prompts;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) prompts.emplace_back(boost::json::parse(line).at("prompt").as_string());
    }
    if (prompts.empty()) {
        std::fprintf(stderr, "no prompts in %s\n", argv[1]);
        return 1;
    }
    all("prompts", prompts);
    std::string huge;
    while (huge.size() < 20'000'000) huge += prompts[huge.size() % prompts.size()] + "\n";
    all("20 MB", {huge});
}
