#include "dialects/anthropic/quick_delta.hpp"

namespace cortex::dialects::anthropic {
namespace {

bool take(std::string_view& data, std::string_view prefix) noexcept {
    if (!data.starts_with(prefix)) return false;
    data.remove_prefix(prefix.size());
    return true;
}

void skip_spaces(std::string_view& data) noexcept {
    while (!data.empty() && data.front() == ' ') data.remove_prefix(1);
}

char escaped(char c) noexcept {
    switch (c) {
        case 'n': return '\n';
        case 't': return '\t';
        case 'r': return '\r';
        case 'b': return '\b';
        case 'f': return '\f';
        case '"':
        case '\\':
        case '/': return c;
        default: return '\0';
    }
}

/// The string's content up to its closing quote, which is taken too; nothing for what only a parser can judge.
std::optional<std::string_view> take_string(std::string_view& data, std::string& unescaped) {
    std::size_t i = 0;
    const auto ordinary = [&] {
        return i < data.size() && static_cast<unsigned char>(data[i]) >= 0x20 && data[i] != '"' && data[i] != '\\';
    };
    while (ordinary()) ++i;
    if (i >= data.size()) return std::nullopt;
    if (data[i] == '"') {
        const std::string_view text = data.substr(0, i);
        data.remove_prefix(i + 1);
        return text;
    }
    unescaped.assign(data, 0, i);
    while (i < data.size() && data[i] != '"') {
        if (data[i] == '\\') {
            const char c = i + 1 < data.size() ? escaped(data[i + 1]) : '\0';
            if (c == '\0') return std::nullopt;
            unescaped.push_back(c);
            i += 2;
            continue;
        }
        const std::size_t begin = i;
        while (ordinary()) ++i;
        if (i == begin) return std::nullopt;
        unescaped.append(data, begin, i - begin);
    }
    if (i >= data.size()) return std::nullopt;
    data.remove_prefix(i + 1);
    return unescaped;
}

}  // namespace

std::optional<QuickDelta> read_quick_delta(std::string_view data, std::string& unescaped) {
    if (!take(data, R"({"type":"content_block_delta","index":)")) return std::nullopt;
    QuickDelta delta;
    int digits = 0;
    for (; !data.empty() && data.front() >= '0' && data.front() <= '9'; data.remove_prefix(1), ++digits)
        if (digits < 9) delta.index = delta.index * 10 + (data.front() - '0');
    if (digits == 0 || digits > 9) return std::nullopt;
    if (!take(data, R"(,"delta":{"type":")")) return std::nullopt;
    if (take(data, R"(thinking_delta","thinking":")"))
        delta.thinking = true;
    else if (!take(data, R"(text_delta","text":")"))
        return std::nullopt;
    const auto text = take_string(data, unescaped);
    if (!text || !take(data, "}")) return std::nullopt;
    skip_spaces(data);
    if (!take(data, "}")) return std::nullopt;
    skip_spaces(data);
    if (!data.empty()) return std::nullopt;
    delta.text = *text;
    return delta;
}

}  // namespace cortex::dialects::anthropic
