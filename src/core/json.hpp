#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cortex {

using JsonValue = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

/// Reads JSON texts one after another into the same memory. Throws nothing but bad_alloc. One thread at a time.
///
/// Two faults of real servers are healed: bytes that are not UTF-8, and halves of surrogate pairs (`"\ud83d"` alone,
/// from servers that cut a text between two tokens), both read as U+FFFD. Everything else follows RFC 8259; of a name
/// that occurs twice the last value counts; nesting deeper than `max_depth` is refused.
class JsonParser {
public:
    static constexpr std::size_t max_depth = 128;

    JsonParser();
    JsonParser(const JsonParser&) = delete;
    JsonParser& operator=(const JsonParser&) = delete;

    /// The value of `text`, valid until the next call; null if the text is no JSON. White space around it is allowed.
    const JsonValue* parse(std::string_view text);
    /// The same where only an object will do.
    const JsonObject* parse_object(std::string_view text);

    /// The text that the last successful `parse` read: the caller's own, or the healed copy (valid until the next
    /// call).
    std::string_view source() const noexcept { return source_; }
    /// Whether the last text was refused only because it ends too early: what is there begins an object, a list or a string.
    bool cut() const noexcept { return cut_; }

private:
    bool attempt(std::string_view text);

    // Enough for a stream's events without a heap allocation, and small: every open stream has a parser.
    std::array<unsigned char, 512> scratch_;
    std::array<unsigned char, 2048> first_block_;
    // Made anew for each text: once it is released, it still asks for twice the last block, and again twice the next time.
    std::optional<boost::json::monotonic_resource> memory_ = {};
    boost::json::parser parser_;
    std::optional<JsonValue> value_ = {};
    std::string healed_ = {};
    std::string_view source_ = {};
    bool cut_ = false;
};

// Members of an object, where they are there and of that type; else nothing. A null counts as absent.
const JsonValue* json_member(const JsonObject& object, std::string_view name) noexcept;
std::optional<std::string_view> json_text(const JsonObject& object, std::string_view name) noexcept;
const JsonObject* json_object(const JsonObject& object, std::string_view name) noexcept;
const JsonArray* json_array(const JsonObject& object, std::string_view name) noexcept;
/// Also a number with a fraction part of zero (`3.0`), within 64 bits.
std::optional<std::int64_t> json_integer(const JsonObject& object, std::string_view name) noexcept;

inline std::string_view json_view(const boost::json::string& text) noexcept { return {text.data(), text.size()}; }

/// The member's text, or "".
inline std::string_view json_text_or_empty(const JsonObject& object, std::string_view name) noexcept {
    return json_text(object, name).value_or(std::string_view());
}

/// Whether `text` is one JSON object and nothing else.
bool is_json_object(std::string_view text);

}  // namespace cortex
