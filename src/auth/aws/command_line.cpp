#include "auth/aws/command_line.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cortex::auth::aws {
namespace {

bool is_alnum(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
/// The characters of keys and tokens, in base64 and its like.
bool is_key_char(char c) noexcept { return is_alnum(c) || std::string_view("+/=_-.").find(c) != std::string_view::npos; }

/// Ids have 20 characters, secrets 40, tokens more. Long words and paths without a digit are no keys.
bool looks_like_key(std::string_view run) noexcept {
    const bool digit = std::any_of(run.begin(), run.end(), [](char c) { return c >= '0' && c <= '9'; });
    return (digit && run.size() >= 16) || run.size() >= 32;
}

/// Whether the word announces a secret: the next one is masked whatever it looks like.
bool names_secret(std::string_view word) {
    constexpr std::array<std::string_view, 6> names = {"secret", "token", "password", "passwd", "key", "credential"};
    const std::string lower = to_lower(word);
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else if (c == '\\' && quote == '"' && at + 1 < line.size() && (line[at + 1] == '"' || line[at + 1] == '\\'))
                word += line[++at];
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            inside = true;
        } else if (c == '\\') {
            if (++at == line.size()) return std::nullopt;
            word += line[at];
            inside = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (inside) words.push_back(std::exchange(word, {}));
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (quote != 0) return std::nullopt;
    if (inside) words.push_back(std::move(word));
    return words;
}

std::string shown_line(std::string_view error_output) {
    std::string_view line = trim(error_output);
    line = trim(line.substr(0, line.find_first_of("\r\n")));
    // Cut only behind the masking: the cut must not make a key look short.
    line = line.substr(0, std::min<std::size_t>(line.size(), 4096));
    std::string out;
    bool announced = false;
    for (std::size_t at = 0; at < line.size();) {
        if (!is_key_char(line[at])) {
            out += static_cast<unsigned char>(line[at]) < 0x20 ? ' ' : line[at];
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < line.size() && is_key_char(line[end])) ++end;
        const std::string_view run = line.substr(at, end - at);
        // "SECRET=value" is one run.
        const std::size_t equals = run.find('=');
        const bool pair = equals != std::string_view::npos && equals + 1 < run.size() && names_secret(run.substr(0, equals));
        if (pair) {
            out += run.substr(0, equals + 1);
            out += "<redacted>";
        } else if (announced || looks_like_key(run)) {
            out += "<redacted>";
        } else {
            out += run;
        }
        const std::size_t next = line.find_first_not_of("\"' ", end);
        announced = !pair && names_secret(run) && (run.ends_with('=') || (next != std::string_view::npos && (line[next] == ':' || line[next] == '=')));
        at = end;
    }
    return std::string(utf8_prefix(replace_invalid_utf8(out), 200));
}

}  // namespace cortex::auth::aws
