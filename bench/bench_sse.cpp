// What decoding a stream of server-sent events costs, beside the physical limit: reading the same bytes once (memchr
// for every line end) and copying them once (memcpy). Counters: ns per event and bytes per second.
//
//   bench_sse --benchmark_repetitions=5 --benchmark_report_aggregates_only=true

#include "net/sse_decoder.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using cortex::SseEvent;
using cortex::net::SseDecoder;

constexpr std::size_t events_per_stream = 1000;

/// A stream as Anthropic's servers write it: a named event with one short delta each.
std::string named_stream(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < events_per_stream; ++i) {
        out +=
            "event: content_block_delta\ndata: "
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"";
        out += text;
        out += "\"}}\n\n";
    }
    return out;
}

/// As read from a socket: pieces of at most `size` bytes (0: one event a piece, as a server that flushes each event
/// sends).
std::vector<std::string_view> cut(std::string_view bytes, std::size_t size) {
    std::vector<std::string_view> out;
    while (!bytes.empty()) {
        const std::size_t end = size > 0 ? size : bytes.find("\n\n") + 2;
        out.push_back(bytes.substr(0, end));
        bytes.remove_prefix(out.back().size());
    }
    return out;
}

void report(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
    state.counters["per_event"] =
        benchmark::Counter(static_cast<double>(events_per_stream),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void decode(benchmark::State& state, const std::string& bytes) {
    const auto pieces = cut(bytes, static_cast<std::size_t>(state.range(0)));
    SseDecoder decoder;
    for (auto step : state) {
        std::size_t seen = 0;
        for (const std::string_view piece : pieces) {
            const bool fine = decoder.feed(piece, [&seen](const SseEvent& event) { seen += event.data.size(); });
            if (!fine) state.SkipWithError("the decoder refused the stream");
        }
        benchmark::DoNotOptimize(seen);
    }
    report(state, bytes.size());
}

void decode_ascii(benchmark::State& state) { decode(state, named_stream("the quick brown fox")); }
void decode_multibyte(benchmark::State& state) {
    decode(state, named_stream("\xE9\x80\x9F\xE3\x81\x84\xE8\x8C\xB6\xE8\x89\xB2\xE3\x81\xAE\xE7\x8B\x90"));
}

void limit_memchr(benchmark::State& state) {
    const std::string bytes = named_stream("the quick brown fox");
    for (auto step : state) {
        std::size_t lines = 0;
        const char* const end = bytes.data() + bytes.size();
        for (const char* at = bytes.data(); at < end; ++lines) {
            const void* const hit = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
            if (hit == nullptr) break;
            at = static_cast<const char*>(hit) + 1;
        }
        benchmark::DoNotOptimize(lines);
    }
    report(state, bytes.size());
}

void limit_memcpy(benchmark::State& state) {
    const std::string bytes = named_stream("the quick brown fox");
    const auto pieces = cut(bytes, 0);
    std::string copy(bytes.size(), '\0');
    for (auto step : state) {
        for (const std::string_view piece : pieces) std::memcpy(copy.data(), piece.data(), piece.size());
        benchmark::DoNotOptimize(copy.data());
        benchmark::ClobberMemory();
    }
    report(state, bytes.size());
}

}  // namespace

BENCHMARK(decode_ascii)->ArgName("piece")->Arg(0)->Arg(64)->Arg(1460)->Arg(16384);
BENCHMARK(decode_multibyte)->ArgName("piece")->Arg(0)->Arg(16384);
BENCHMARK(limit_memchr);
BENCHMARK(limit_memcpy);

BENCHMARK_MAIN();
