#include "net/event_stream_decoder.hpp"

#include "core/text.hpp"
#include "net/crc32.hpp"

#include <algorithm>
#include <bit>

namespace cortex::net {
namespace {

// total length, headers length, CRC of both; then headers, payload, and the CRC of everything before it.
constexpr std::size_t prelude_bytes = 12;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t overhead = prelude_bytes + checksum_bytes;

// A buffer that one giant frame made large is given back; below this, keeping it is cheaper than asking again.
constexpr std::size_t keep_capacity = std::size_t{1} << 20U;

enum Type : std::uint8_t { yes, no, int8, int16, int32, int64, blob, string, timestamp, uuid };

std::uint64_t big_endian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
    return value;
}

/// As many bytes as the type has, sign included.
std::int64_t integer(std::string_view bytes) noexcept {
    const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
    return std::bit_cast<std::int64_t>(big_endian(bytes) << unused) >> unused;
}

std::uint32_t word_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<std::uint32_t>(big_endian(bytes.substr(at, 4)));
}

/// Takes pieces from the front of the headers' block; an empty optional where it is too short.
class Cursor {
public:
    explicit Cursor(std::string_view block) : rest_(block) {}
    bool at_end() const noexcept { return rest_.empty(); }
    std::optional<std::string_view> take(std::size_t count) noexcept {
        if (rest_.size() < count) return std::nullopt;
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    /// A length of that many bytes, then as many bytes as it says.
    std::optional<std::string_view> take_sized(std::size_t length_bytes) noexcept {
        const auto length = take(length_bytes);
        return length ? take(static_cast<std::size_t>(big_endian(*length))) : std::nullopt;
    }

private:
    std::string_view rest_;
};

bool has_repeated_name(const std::vector<EventStreamHeader>& headers) {
    constexpr std::size_t few = 16;   // real messages have three
    if (headers.size() <= few) {
        for (std::size_t i = 1; i < headers.size(); ++i)
            for (std::size_t k = 0; k < i; ++k)
                if (headers[i].name == headers[k].name) return true;
        return false;
    }
    std::vector<std::string_view> names;
    names.reserve(headers.size());
    for (const EventStreamHeader& header : headers) names.push_back(header.name);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

}  // namespace

std::optional<std::string_view> EventStreamMessage::text(std::string_view name) const noexcept {
    for (const EventStreamHeader& header : headers)
        if (header.type == string && header.name == name) return header.bytes;
    return std::nullopt;
}

bool EventStreamDecoder::feed(std::string_view bytes, const Callback& on_message) {
    if (error_) return false;
    while (!bytes.empty()) {
        if (buffer_.empty()) {
            // Whole frames are read where they lie.
            if (bytes.size() >= prelude_bytes) {
                if (!take_prelude(bytes)) return false;
                if (bytes.size() >= frame_bytes_) {
                    const std::string_view frame = bytes.substr(0, frame_bytes_);
                    bytes.remove_prefix(frame_bytes_);
                    if (!take_frame(frame, on_message)) return false;
                    continue;
                }
            }
            buffer_.assign(bytes);
            return true;
        }
        // The rest of a frame that began in an earlier piece, and nothing of the next one.
        const std::size_t wanted = frame_bytes_ == 0 ? prelude_bytes : frame_bytes_;
        const std::size_t count = std::min(wanted - buffer_.size(), bytes.size());
        buffer_.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
        if (buffer_.size() < wanted) return true;
        if (frame_bytes_ == 0 && !take_prelude(buffer_)) return false;
        if (buffer_.size() < frame_bytes_) continue;
        if (!take_frame(buffer_, on_message)) return false;
        if (buffer_.capacity() > keep_capacity)
            buffer_ = std::string();
        else
            buffer_.clear();
    }
    return true;
}

bool EventStreamDecoder::take_prelude(std::string_view frame) {
    if (crc32(frame.substr(0, 8)) != word_at(frame, 8)) return fail("a frame's lengths do not fit their checksum");
    const std::size_t total = word_at(frame, 0);
    const std::size_t headers = word_at(frame, 4);
    if (total < overhead || headers > total - overhead) return fail("a frame is shorter than its headers");
    if (headers > max_headers_bytes) return fail("a frame announces more headers than the protocol allows");
    if (total - overhead - headers > max_payload_bytes) return fail("a frame announces more than the protocol allows");
    frame_bytes_ = total;
    headers_bytes_ = headers;
    return true;
}

bool EventStreamDecoder::take_frame(std::string_view frame, const Callback& on_message) {
    const std::string_view checked = frame.substr(0, frame.size() - checksum_bytes);
    if (crc32(checked) != word_at(frame, checked.size())) return fail("a frame does not fit its checksum");
    if (!take_headers(checked.substr(prelude_bytes, headers_bytes_))) return false;
    message_.payload = checked.substr(prelude_bytes + headers_bytes_);
    frame_bytes_ = 0;
    on_message(message_);
    return true;
}

bool EventStreamDecoder::take_headers(std::string_view block) {
    constexpr std::string_view overrun = "a header runs past its frame's headers";
    message_.headers.clear();
    // In one go, and without a branch: nearly all headers are ASCII from end to end.
    unsigned char all_bits = 0;
    for (const char c : block) all_bits |= static_cast<unsigned char>(c);
    const bool ascii = all_bits < 0x80;
    Cursor cursor(block);
    while (!cursor.at_end()) {
        EventStreamHeader header;
        const auto name = cursor.take_sized(1);
        const auto type = cursor.take(1);
        if (!name || !type) return fail(std::string(overrun));
        if (name->empty()) return fail("a header has no name");
        header.name = *name;
        header.type = static_cast<std::uint8_t>(type->front());
        std::optional<std::string_view> value;
        switch (header.type) {
            case yes:
            case no: value = cursor.take(0); break;
            case int8: value = cursor.take(1); break;
            case int16: value = cursor.take(2); break;
            case int32: value = cursor.take(4); break;
            case int64:
            case timestamp: value = cursor.take(8); break;
            case blob:
            case string: value = cursor.take_sized(2); break;
            case uuid: value = cursor.take(16); break;
            default: return fail("a header's type is unknown");
        }
        if (!value) return fail(std::string(overrun));
        if (header.type == blob || header.type == string || header.type == uuid)
            header.bytes = *value;
        else if (!value->empty())
            header.number = integer(*value);
        if (value->size() > max_value_bytes) return fail("a header's value is longer than the protocol allows");
        if (!ascii && (invalid_utf8_offset(header.name) || (header.type == string && invalid_utf8_offset(header.bytes))))
            return fail("a header is no UTF-8");
        if (message_.headers.size() == max_headers) return fail("a frame has more headers than the protocol allows");
        message_.headers.push_back(header);
    }
    if (has_repeated_name(message_.headers)) return fail("a header's name occurs twice");
    return true;
}

bool EventStreamDecoder::fail(std::string what) {
    buffer_ = std::string();
    message_ = {};
    error_ = ErrorInfo{.code = ErrorCode::protocol,
                       .message = "The event stream is broken: " + std::move(what) + ". Ask again."};
    return false;
}

}  // namespace cortex::net
