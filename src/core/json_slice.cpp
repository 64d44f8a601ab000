#include "core/json_slice.hpp"

#include <algorithm>

namespace cortex {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() const noexcept { return pos_ >= text_.size(); }

    void skip_space() noexcept {
        while (!at_end() && (text_[pos_] == ' ' || text_[pos_] == '\t' || text_[pos_] == '\n' || text_[pos_] == '\r'))
            ++pos_;
    }

    /// Takes `c` (after white space), or nothing.
    bool take(char c) noexcept {
        skip_space();
        if (at_end() || text_[pos_] != c) return false;
        ++pos_;
        return true;
    }

    /// The string at the current place, with its quotes.
    std::string_view string() noexcept {
        const std::size_t begin = pos_;
        if (at_end() || text_[pos_] != '"') return {};
        for (++pos_; !at_end() && text_[pos_] != '"'; ++pos_)
            if (text_[pos_] == '\\') ++pos_;
        pos_ = std::min(pos_ + 1, text_.size());
        return text_.substr(begin, pos_ - begin);
    }

    std::string_view value() noexcept {
        skip_space();
        const std::size_t begin = pos_;
        if (at_end()) return {};
        const char first = text_[pos_];
        if (first == '"') return string();
        if (first != '{' && first != '[') {
            while (!at_end() && std::string_view(",]} \t\r\n").find(text_[pos_]) == std::string_view::npos) ++pos_;
            return text_.substr(begin, pos_ - begin);
        }
        std::size_t depth = 0;
        do {
            const char c = text_[pos_];
            if (c == '"') {
                string();
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++pos_;
        } while (depth > 0 && !at_end());
        return text_.substr(begin, pos_ - begin);
    }

private:
    std::string_view text_;
    std::size_t pos_ = 0;
};

}  // namespace

std::vector<JsonMemberSlice> slice_members(std::string_view text) {
    std::vector<JsonMemberSlice> members;
    Scanner scanner(text);
    if (!scanner.take('{')) return members;
    do {
        scanner.skip_space();
        const std::string_view name = scanner.string();
        if (name.size() < 2 || !scanner.take(':')) break;
        const std::string_view value = scanner.value();
        if (value.empty()) break;
        members.push_back({name.substr(1, name.size() - 2), value});
    } while (scanner.take(','));
    return members;
}

std::optional<std::string_view> slice_member(std::string_view text, std::string_view name) {
    std::optional<std::string_view> found;
    for (const JsonMemberSlice& member : slice_members(text))
        if (member.name == name) found = member.value;
    return found;
}

std::vector<std::string_view> slice_elements(std::string_view text) {
    std::vector<std::string_view> elements;
    Scanner scanner(text);
    if (!scanner.take('[')) return elements;
    do {
        const std::string_view value = scanner.value();
        if (value.empty()) break;
        elements.push_back(value);
    } while (scanner.take(','));
    return elements;
}

std::string replace_members(std::string_view text,
                            const std::vector<std::pair<std::string_view, std::string>>& values) {
    std::string out = "{";
    const auto append = [&](std::string_view name, std::string_view value) {
        if (out.size() > 1) out.push_back(',');
        out.push_back('"');
        out.append(name);
        out += "\":";
        out.append(value);
    };
    std::vector<bool> used(values.size(), false);
    for (const JsonMemberSlice& member : slice_members(text)) {
        const auto it =
            std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == member.name; });
        if (it == values.end()) {
            append(member.name, member.value);
            continue;
        }
        const auto i = static_cast<std::size_t>(it - values.begin());
        if (!used[i]) append(member.name, it->second);
        used[i] = true;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!used[i]) append(values[i].first, values[i].second);
    out.push_back('}');
    return out;
}

}  // namespace cortex
