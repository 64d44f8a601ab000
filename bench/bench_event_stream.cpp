// What decoding a model's stream costs when it comes in AWS's frames, beside the same events as server-sent events. In both,
// what is handed on is the text of one event; in a frame it is base64 inside JSON, which the decoder of frames leaves to the
// dialect. bench/botocore_event_stream.py decodes the same frames with AWS's own Python.
//
//   bench_event_stream --benchmark_repetitions=5 --benchmark_report_aggregates_only=true

#include "core/base64.hpp"
#include "net/crc32.hpp"
#include "net/event_stream_decoder.hpp"
#include "net/sse_decoder.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t events_per_stream = 1000;

std::string event_text() {
    return R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"the quick brown fox"}})";
}

void append_number(std::string& out, std::size_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
}

void append_text_header(std::string& out, std::string_view name, std::string_view value) {
    append_number(out, name.size(), 1);
    out.append(name).push_back('\x07');
    append_number(out, value.size(), 2);
    out.append(value);
}

std::string frame_of(std::string_view event) {
    std::string headers;
    append_text_header(headers, ":event-type", "chunk");
    append_text_header(headers, ":content-type", "application/json");
    append_text_header(headers, ":message-type", "event");
    const std::string payload = "{\"bytes\":\"" + cortex::base64(event) + "\",\"p\":\"abcdefghijklm\"}";
    std::string out;
    append_number(out, headers.size() + payload.size() + 16, 4);
    append_number(out, headers.size(), 4);
    append_number(out, cortex::net::crc32(out), 4);
    out += headers + payload;
    append_number(out, cortex::net::crc32(out), 4);
    return out;
}

/// Pieces of at most `size` bytes; 0: one event a piece.
std::vector<std::string_view> cut(std::string_view bytes, std::size_t size) {
    if (size == 0) size = bytes.size() / events_per_stream;
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < bytes.size(); at += size) out.push_back(bytes.substr(at, size));
    return out;
}

std::string repeated(std::string_view event) {
    std::string out;
    for (std::size_t i = 0; i < events_per_stream; ++i) out += event;
    return out;
}

template <class Decoder>
void decode(benchmark::State& state, const std::string& bytes, const auto& on_event) {
    const auto pieces = cut(bytes, static_cast<std::size_t>(state.range(0)));
    Decoder decoder;
    for (auto step : state) {
        for (const std::string_view piece : pieces)
            if (!decoder.feed(piece, on_event)) state.SkipWithError("the decoder refused the stream");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
    state.counters["per_event"] =
        benchmark::Counter(static_cast<double>(events_per_stream),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void aws_frames(benchmark::State& state) {
    std::size_t seen = 0;
    decode<cortex::net::EventStreamDecoder>(state, repeated(frame_of(event_text())),
                                            [&seen](const cortex::net::EventStreamMessage& message) {
                                                if (message.text(":message-type") == "event") seen += message.payload.size();
                                            });
    benchmark::DoNotOptimize(seen);
}

void server_sent_events(benchmark::State& state) {
    std::size_t seen = 0;
    decode<cortex::net::SseDecoder>(state, repeated("event: content_block_delta\ndata: " + event_text() + "\n\n"),
                                    [&seen](const cortex::SseEvent& event) { seen += event.data.size(); });
    benchmark::DoNotOptimize(seen);
}

void checksum_alone(benchmark::State& state) {
    const std::string bytes = repeated(frame_of(event_text()));
    for (auto step : state) benchmark::DoNotOptimize(cortex::net::crc32(bytes));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}

BENCHMARK(aws_frames)->Arg(0)->Arg(16'384)->Arg(100);
BENCHMARK(server_sent_events)->Arg(0)->Arg(16'384)->Arg(100);
BENCHMARK(checksum_alone);

}  // namespace

BENCHMARK_MAIN();
