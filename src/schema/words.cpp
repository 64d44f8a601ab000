#include "schema/words.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cortex::schema {
namespace {

constexpr std::size_t longest_text = 60;
constexpr std::size_t longest_path = 200;

bool is_name(std::string_view token) noexcept {
    const auto word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '$';
    };
    return !token.empty() && std::all_of(token.begin(), token.end(), word);
}

bool is_index(std::string_view token) noexcept {
    return !token.empty() && token.size() <= 19 && std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string unescaped(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size()) {
            out.push_back(token[++i] == '1' ? '/' : '~');
        } else {
            out.push_back(token[i]);
        }
    }
    return out;
}

/// The value as JSON where it is small and flat, else "".
std::string small_json(const JsonValue& value) {
    constexpr std::size_t most = 4;
    const auto flat = [](const JsonValue& part) { return !part.is_structured(); };
    std::string out;
    if (const JsonArray* items = value.if_array()) {
        if (items->size() > most || !std::all_of(items->begin(), items->end(), flat)) return {};
        for (const JsonValue& item : *items) out += (out.empty() ? "" : ", ") + shown(item);
        out = "[" + out + "]";
    } else if (const JsonObject* members = value.if_object()) {
        if (members->size() > most) return {};
        for (const auto& member : *members) {
            if (!flat(member.value())) return {};
            out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", in_quotes(member.key()), shown(member.value()));
        }
        out = "{" + out + "}";
    }
    return out.size() <= longest_text ? out : std::string();
}

std::string number_text(double value) {
    if (!std::isfinite(value)) return "a number too large to hold";
    char buffer[32];
    const auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return failure == std::errc() ? std::string(buffer, end) : "a number";
}

}  // namespace

std::string in_quotes(std::string_view text) {
    const std::string_view head = text.size() <= longest_text ? text : utf8_prefix(text, longest_text - 10);
    std::string out;
    append_json_string(out, head);
    // Control characters are written as six bytes each.
    if (out.size() > longest_text + 20) {
        out.clear();
        append_json_string(out, utf8_prefix(text, 8));
    } else if (head.size() == text.size()) {
        return out;
    }
    out.insert(out.size() - 1, "...");
    return out;
}

std::string counted(std::size_t number, std::string_view thing) {
    if (number == 1) return fmt::format("1 {}", thing);
    return thing.ends_with('y') ? fmt::format("{} {}ies", number, thing.substr(0, thing.size() - 1)) : fmt::format("{} {}s", number, thing);
}

std::string with_article(std::string_view noun) {
    if (noun == "null") return "null";
    return fmt::format("{} {}", !noun.empty() && std::string_view("aeiou").find(noun.front()) != std::string_view::npos ? "an" : "a", noun);
}

std::string shown(const JsonValue& value) {
    switch (value.kind()) {
        case boost::json::kind::null: return "null";
        case boost::json::kind::bool_: return value.get_bool() ? "true" : "false";
        case boost::json::kind::int64: return std::to_string(value.get_int64());
        case boost::json::kind::uint64: return std::to_string(value.get_uint64());
        case boost::json::kind::double_: return number_text(value.get_double());
        case boost::json::kind::string: return in_quotes(json_view(value.get_string()));
        case boost::json::kind::array:
        case boost::json::kind::object: break;
    }
    if (std::string json = small_json(value); !json.empty()) return json;
    if (const JsonArray* items = value.if_array()) return "an array of " + counted(items->size(), "item");
    return "an object with " + counted(value.get_object().size(), "property");
}

std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    const std::size_t named = std::min(most, names.size());
    std::string out;
    for (std::size_t i = 0; i < named; ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += in_quotes(names[i]);
    }
    return names.size() > most ? fmt::format("{} and {} more", out, names.size() - most) : out;
}

void append_token(std::string& pointer, std::string_view token) {
    pointer.push_back('/');
    for (const char c : token) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer.push_back(c);
    }
}

std::string dotted(std::string_view pointer) {
    std::string out;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        const std::string token = unescaped(pointer.substr(0, end));
        pointer.remove_prefix(end);
        if (is_index(token))
            out += fmt::format("[{}]", token);
        else if (is_name(token) && token.size() <= longest_text)
            out += out.empty() ? token : "." + token;
        else
            out += fmt::format("[{}]", in_quotes(token));
    }
    if (out.size() <= longest_path) return out;
    std::size_t cut = out.size() - longest_path;
    while (cut < out.size() && (static_cast<unsigned char>(out[cut]) & 0xC0U) == 0x80U) ++cut;
    return "..." + out.substr(cut);
}

}  // namespace cortex::schema
