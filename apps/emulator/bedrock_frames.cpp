#include "bedrock_frames.hpp"

#include "crypto.hpp"

#include <boost/crc.hpp>

#include <utility>

namespace emulator {

namespace {

using Header = std::pair<std::string_view, std::string_view>;

constexpr std::size_t overhead = 16;  // two lengths, two checksums
constexpr char string_type = 7;

std::uint32_t crc_of(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

void add_number(std::string& bytes, std::uint32_t number, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
        bytes += static_cast<char>(static_cast<unsigned char>((number >> static_cast<unsigned>(shift)) & 0xFFU));
    }
}

std::string prelude(std::uint32_t total, std::size_t headers) {
    std::string bytes;
    add_number(bytes, total, 4);
    add_number(bytes, static_cast<std::uint32_t>(headers), 4);
    add_number(bytes, crc_of(bytes), 4);
    return bytes;
}

std::string frame(std::initializer_list<Header> headers, std::string_view payload) {
    std::string block;
    for (const auto& [name, value] : headers) {
        add_number(block, static_cast<std::uint32_t>(name.size()), 1);
        block += name;
        block += string_type;
        add_number(block, static_cast<std::uint32_t>(value.size()), 2);
        block += value;
    }
    std::string bytes =
        prelude(static_cast<std::uint32_t>(block.size() + payload.size() + overhead), block.size()) + block;
    bytes += payload;
    add_number(bytes, crc_of(bytes), 4);
    return bytes;
}

std::string exception_frame(const FrameFault& fault) {
    json::object payload{{"message", fault.message}};
    if (fault.original_status != 0) {
        payload["originalStatusCode"] = fault.original_status;
        payload["originalMessage"] = fault.original_message;
    }
    return frame(
        {{":exception-type", fault.type}, {":content-type", "application/json"}, {":message-type", "exception"}},
        json::serialize(payload));
}

std::string error_frame(const FrameFault& fault) {
    return frame({{":message-type", "error"}, {":error-code", fault.type}, {":error-message", fault.message}}, {});
}

void flip(std::string& bytes, std::size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ '\x55'); }

// What comes in the place of a good frame; true when the stream ends with it.
bool break_frame(const FrameFault& fault, std::string& bytes) {
    using enum FrameFault::Kind;
    switch (fault.kind) {
        case exception: bytes = exception_frame(fault); return true;
        case error: bytes = error_frame(fault); return true;
        case message_crc: flip(bytes, bytes.size() - 1); return false;
        case prelude_crc: flip(bytes, 8); return false;
        case payload: flip(bytes, bytes.size() - 5); return false;
        case length: bytes.replace(0, 12, prelude(0xFFFFFFFFU, 75)); return false;
        case cut: bytes.resize(bytes.size() / 2); return true;
        case none: return false;
    }
    return false;
}

}  // namespace

std::string chunk_frame(std::string_view event, std::size_t index) {
    constexpr std::string_view padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const std::string payload = json::serialize(
        json::object{{"bytes", base64(event)}, {"p", padding.substr(0, 2 + index * 17 % (padding.size() - 2))}});
    return frame({{":event-type", "chunk"}, {":content-type", "application/json"}, {":message-type", "event"}},
                 payload);
}

std::vector<std::string> event_frames(const std::vector<std::string>& events, const FrameFault& fault) {
    std::vector<std::string> frames;
    const std::size_t place = std::min(fault.after_events, events.size() - 1);
    for (std::size_t i = 0; i < events.size(); ++i) {
        frames.push_back(chunk_frame(events[i], i));
        if (i == place && break_frame(fault, frames.back())) {
            break;
        }
    }
    return frames;
}

}  // namespace emulator
