#include "core/json.hpp"

#include "core/text.hpp"

#include <boost/json/stream_parser.hpp>

#include <cmath>

namespace cortex {
namespace {

/// The unit that a `\uXXXX` at `at` stands for, or nothing.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) noexcept {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    unsigned unit = 0;
    for (const char c : text.substr(at + 2, 4)) {
        unsigned digit = 0;
        if (c >= '0' && c <= '9')
            digit = static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = static_cast<unsigned>(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = static_cast<unsigned>(c - 'A') + 10;
        else
            return std::nullopt;
        unit = unit * 16 + digit;
    }
    return unit;
}

bool is_high(unsigned unit) noexcept { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) noexcept { return unit >= 0xDC00 && unit < 0xE000; }

std::string replace_lone_surrogates(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\\') {
            out.push_back(text[i++]);
            continue;
        }
        const auto unit = escaped_unit(text, i);
        if (!unit) {
            out.append(text, i, 2);   // an escape of two characters: what follows the backslash is no escape itself
            i += 2;
            continue;
        }
        const auto next = escaped_unit(text, i + 6);
        if (is_high(*unit) && next && is_low(*next)) {
            out.append(text, i, 12);
            i += 12;
            continue;
        }
        if (is_high(*unit) || is_low(*unit))
            out += "\\ufffd";
        else
            out.append(text, i, 6);
        i += 6;
    }
    return out;
}

boost::json::parse_options options() {
    boost::json::parse_options options;
    options.max_depth = JsonParser::max_depth;
    return options;
}

/// Whether more text could make a value of it that begins as an object, a list or a string.
bool unfinished(std::string_view text) {
    const std::string_view begun = trim(text).substr(0, 1);
    if (begun != "{" && begun != "[" && begun != "\"") return false;
    boost::json::stream_parser parser({}, options());
    boost::system::error_code failure;
    parser.write(text.data(), text.size(), failure);
    return !failure && !parser.done();
}

}  // namespace

JsonParser::JsonParser() : parser_({}, options(), scratch_.data(), scratch_.size()) {}

bool JsonParser::attempt(std::string_view text) {
    value_.reset();
    parser_.reset();
    memory_.emplace(first_block_.data(), first_block_.size());
    parser_.reset(&*memory_);
    boost::system::error_code failure;
    parser_.write(text.data(), text.size(), failure);
    if (failure) {
        cut_ = unfinished(text);
        return false;
    }
    cut_ = false;
    value_.emplace(parser_.release());
    source_ = text;
    return true;
}

const JsonValue* JsonParser::parse(std::string_view text) {
    if (attempt(text)) return &*value_;
    if (cut_) return nullptr;
    if (invalid_utf8_offset(text)) {
        healed_ = replace_invalid_utf8(text);
        if (attempt(healed_)) return &*value_;
        if (cut_) return nullptr;
        text = healed_;
    }
    if (text.find("\\u") == std::string_view::npos) return nullptr;
    healed_ = replace_lone_surrogates(text);
    return attempt(healed_) ? &*value_ : nullptr;
}

const JsonObject* JsonParser::parse_object(std::string_view text) {
    const JsonValue* value = parse(text);
    return value == nullptr ? nullptr : value->if_object();
}

const JsonValue* json_member(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = object.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string_view> json_text(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = object.if_contains(name);
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::nullopt : std::optional(json_view(*text));
}

const JsonObject* json_object(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

const JsonArray* json_array(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_array();
}

std::optional<std::int64_t> json_integer(const JsonObject& object, std::string_view name) noexcept {
    const JsonValue* value = object.if_contains(name);
    if (value == nullptr) return std::nullopt;
    if (const std::int64_t* whole = value->if_int64()) return *whole;
    if (const double* number = value->if_double())
        if (std::trunc(*number) == *number && std::abs(*number) < 9e18) return static_cast<std::int64_t>(*number);
    return std::nullopt;
}

bool is_json_object(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '{') return false;
    JsonParser parser;
    return parser.parse_object(text) != nullptr;
}

}  // namespace cortex
