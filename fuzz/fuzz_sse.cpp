// The decoder of server-sent events: whatever the bytes, it neither crashes nor depends on how they are cut, and its
// data is valid UTF-8. The first bytes of the input choose the limit and the cuts.

#include "core/text.hpp"
#include "net/sse_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using cortex::SseEvent;
using cortex::net::SseDecoder;

struct Outcome {
    std::vector<std::string> fields;
    std::optional<std::chrono::milliseconds> retry;
    bool accepted = true;
    bool operator==(const Outcome&) const = default;
};

/// Each piece in a block of its own, so that a view that outlives it is caught.
void feed(SseDecoder& decoder, std::string_view piece, Outcome& out) {
    const std::vector<char> bytes(piece.begin(), piece.end());
    out.accepted = decoder.feed({bytes.data(), bytes.size()}, [&out](const SseEvent& event) {
        for (const std::string_view field : {event.type, event.data, event.id}) {
            if (cortex::invalid_utf8_offset(field)) std::abort();
            out.fields.emplace_back(field);
        }
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t limit = data[0] == 0 ? SseDecoder::default_limit : data[0];
    std::uint32_t random = data[1] * 2654435761U + 1;
    const std::string_view bytes = input.substr(2);

    Outcome whole;
    SseDecoder first(limit);
    feed(first, bytes, whole);
    whole.retry = first.retry();

    // The same decoder for two streams: `reset` must leave nothing behind.
    SseDecoder second(limit);
    Outcome ignored;
    feed(second, bytes.substr(0, bytes.size() / 2), ignored);
    second.reset();

    Outcome split;
    for (std::size_t at = 0; at < bytes.size();) {
        random = random * 1664525U + 1013904223U;
        const std::size_t length = std::min<std::size_t>(1 + (random >> 24U) % 9, bytes.size() - at);
        feed(second, bytes.substr(at, length), split);
        at += length;
    }
    split.retry = second.retry();
    if (!(whole == split)) std::abort();
    return 0;
}
