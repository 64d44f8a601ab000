#pragma once

#include "net/sse_decoder.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <fstream>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::net::test {

/// An event that owns its text.
struct OwnedEvent {
    std::string type;
    std::string data;
    std::string id;
    bool operator==(const OwnedEvent&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const OwnedEvent& event) {
        return out << '(' << event.type << ", \"" << event.data.substr(0, 200) << "\", " << event.id << ')';
    }
};

struct Decoded {
    std::vector<OwnedEvent> events = {};
    std::optional<std::int64_t> retry = {};
    bool accepted = true;
    bool operator==(const Decoded&) const = default;
};

/// Feeds `bytes` cut at the given offsets. Each piece is a heap block of its own, freed after its feed: a view that
/// outlives it is an error that AddressSanitizer sees.
inline Decoded decode(std::string_view bytes, const std::vector<std::size_t>& cuts = {},
                      std::size_t limit = SseDecoder::default_limit) {
    Decoded out;
    SseDecoder decoder(limit);
    std::size_t begin = 0;
    const auto feed = [&](std::size_t end) {
        const std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                      bytes.begin() + static_cast<std::ptrdiff_t>(end));
        out.accepted = decoder.feed({piece.data(), piece.size()}, [&](const SseEvent& event) {
            out.events.push_back({std::string(event.type), std::string(event.data), std::string(event.id)});
        });
        begin = end;
    };
    for (const std::size_t cut : cuts) feed(cut);
    feed(bytes.size());
    if (decoder.retry()) out.retry = decoder.retry()->count();
    return out;
}

inline std::string from_hex(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return out;
}

inline std::optional<boost::json::value> read_json(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str());
}

}  // namespace cortex::net::test
