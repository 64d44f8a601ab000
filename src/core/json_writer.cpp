#include "core/json_writer.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace cortex {

namespace {

/// How many bytes from the beginning need no escape: eight at a time, since nearly all of a long text is such.
std::size_t plain_prefix(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t high = 0x8080808080808080U;
    std::size_t i = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (; i + 8 <= text.size(); i += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + i, 8);
            const std::uint64_t quote = word ^ ones * '"';
            const std::uint64_t backslash = word ^ ones * '\\';
            // The high bit of each byte that is a quote, a backslash or a control character. A borrow may set bits above the first
            // such byte, never below it.
            const std::uint64_t hits = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20U) & ~word)) & high;
            if (hits != 0) return i + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
        }
    }
    while (i < text.size() && static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != '"' && text[i] != '\\') ++i;
    return i;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out.push_back('"');
    for (std::size_t at = 0;;) {
        const std::size_t plain = plain_prefix(text.substr(at));
        out.append(text, at, plain);
        at += plain;
        if (at == text.size()) break;
        const auto c = static_cast<unsigned char>(text[at++]);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out.push_back(hex[c >> 4U]);
                out.push_back(hex[c & 0xFU]);
        }
    }
    out.push_back('"');
}

void JsonWriter::separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
}

JsonWriter& JsonWriter::open(char c) {
    separate();
    out_.push_back(c);
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char c) {
    out_.push_back(c);
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_.push_back(':');
    first_ = true;   // the value follows without a comma
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
    separate();
    append_json_string(out_, value);
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
    separate();
    std::array<char, 24> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    out_.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    return *this;
}

JsonWriter& JsonWriter::number(double value) {
    if (!std::isfinite(value)) return null();
    separate();
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    out_.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    separate();
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
}

}  // namespace cortex
