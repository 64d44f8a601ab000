// The decoder of AWS's event streams: whatever the bytes, it neither crashes nor depends on how they are cut. Each input is
// decoded as it is, and once more with checksums that fit, as no mutation finds those by itself.

#include "net/crc32.hpp"
#include "net/event_stream_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using cortex::net::EventStreamDecoder;
using cortex::net::EventStreamMessage;

struct Outcome {
    std::string seen;
    std::size_t bytes = 0;
    bool failed = false;
    bool operator==(const Outcome&) const = default;
};

/// Each piece in a block of its own, so that a view that outlives it is caught.
void feed(EventStreamDecoder& decoder, std::string_view piece, Outcome& out) {
    const std::vector<char> bytes(piece.begin(), piece.end());
    out.failed = !decoder.feed({bytes.data(), bytes.size()}, [&out](const EventStreamMessage& message) {
        for (const auto& header : message.headers) {
            out.seen.append(header.name).append(1, static_cast<char>(header.type)).append(std::to_string(header.number));
            out.seen.append(header.bytes).append(1, '\n');
            out.bytes += header.name.size() + header.bytes.size();
            if (header.type == 7 && !message.text(header.name)) std::abort();
        }
        out.seen.append(message.payload).append(1, '\n');
        out.bytes += message.payload.size();
    });
}

void decode_both_ways(std::string_view bytes, std::uint32_t random) {
    Outcome whole;
    EventStreamDecoder first;
    feed(first, bytes, whole);
    if (whole.bytes > bytes.size()) std::abort();
    if (whole.failed != first.error().has_value()) std::abort();

    Outcome split;
    EventStreamDecoder second;
    for (std::size_t at = 0; at < bytes.size();) {
        random = random * 1664525U + 1013904223U;
        const std::size_t size = std::min<std::size_t>((random >> 24U) % 23 + 1, bytes.size() - at);
        feed(second, bytes.substr(at, size), split);
        at += size;
    }
    if (!(whole == split) || first.inside_frame() != second.inside_frame()) std::abort();
}

std::uint32_t word(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

void put_word(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>((value >> (24 - 8 * i)) & 0xFFU);
}

/// The same frames with checksums that fit, as far as their lengths lead.
std::string repaired(std::string_view input) {
    std::string out(input);
    for (std::size_t at = 0; out.size() - at >= 16;) {
        put_word(out, at + 8, cortex::net::crc32(std::string_view(out).substr(at, 8)));
        const std::size_t total = word(out, at);
        if (total < 16 || total > out.size() - at) break;
        put_word(out, at + total - 4, cortex::net::crc32(std::string_view(out).substr(at, total - 4)));
        at += total;
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::uint32_t random = cortex::net::crc32(input);
    decode_both_ways(input, random);
    decode_both_ways(repaired(input), random);
    return 0;
}
