#pragma once

#include "net/crc32.hpp"
#include "net/event_stream_decoder.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::net::test {

/// A header and a message that own their bytes.
struct OwnedHeader {
    std::string name;
    int type = 0;
    std::int64_t number = 0;
    std::string bytes;
    bool operator==(const OwnedHeader&) const = default;
};

struct OwnedMessage {
    std::vector<OwnedHeader> headers;
    std::string payload;
    bool operator==(const OwnedMessage&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const OwnedMessage& message) {
        out << '{';
        for (const OwnedHeader& header : message.headers)
            out << header.name << ':' << header.type << '=' << header.number << header.bytes.substr(0, 40) << ' ';
        return out << '|' << message.payload.substr(0, 80) << '}';
    }
};

struct DecodedFrames {
    std::vector<OwnedMessage> messages = {};
    std::string error = {};
    bool inside = false;   ///< Part of a frame waited for the rest.
    bool operator==(const DecodedFrames&) const = default;
};

/// Feeds `bytes` cut at the given offsets, each piece in a block of its own, freed after its feed.
inline DecodedFrames decode_frames(std::string_view bytes, const std::vector<std::size_t>& cuts = {}) {
    DecodedFrames out;
    EventStreamDecoder decoder;
    std::size_t begin = 0;
    const auto feed = [&](std::size_t end) {
        const std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                      bytes.begin() + static_cast<std::ptrdiff_t>(end));
        decoder.feed({piece.data(), piece.size()}, [&](const EventStreamMessage& message) {
            OwnedMessage owned{{}, std::string(message.payload)};
            for (const EventStreamHeader& header : message.headers)
                owned.headers.push_back({std::string(header.name), header.type, header.number, std::string(header.bytes)});
            out.messages.push_back(std::move(owned));
        });
        begin = end;
    };
    for (const std::size_t cut : cuts) feed(cut);
    feed(bytes.size());
    if (decoder.error()) out.error = decoder.error()->message;
    out.inside = decoder.inside_frame();
    return out;
}

inline std::string big_endian(std::uint64_t number, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
    return out;
}

/// The frame of a message, as the protocol writes it.
inline std::string encode_frame(const OwnedMessage& message) {
    std::string headers;
    for (const OwnedHeader& header : message.headers) {
        headers += big_endian(header.name.size(), 1) + header.name + big_endian(static_cast<std::uint64_t>(header.type), 1);
        constexpr int widths[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 0};
        if (const int width = widths[header.type]; width > 0)
            headers += big_endian(static_cast<std::uint64_t>(header.number), width);
        if (header.type == 6 || header.type == 7) headers += big_endian(header.bytes.size(), 2);
        headers += header.bytes;
    }
    std::string out = big_endian(headers.size() + message.payload.size() + 16, 4) + big_endian(headers.size(), 4);
    out += big_endian(crc32(out), 4);
    out += headers + message.payload;
    out += big_endian(crc32(out), 4);
    return out;
}

inline std::string bytes_of(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return out;
}

inline std::optional<std::string> whole_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

}  // namespace cortex::net::test
