#include "dialects/openai_chat/schema_answer.hpp"

#include "core/json.hpp"
#include "core/json_slice.hpp"
#include "core/text.hpp"
#include "dialects/openai_chat/tool_style.hpp"

#include <array>

namespace cortex::dialects::openai_chat {
namespace {

constexpr std::string_view spaces = " \t\r\n";

enum class Match { yes, no, more };

/// Takes `word` and the white space before it from the front of `text`.
Match take(std::string_view& text, std::string_view word) {
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return Match::more;
    const std::string_view rest = text.substr(begin);
    if (rest.size() < word.size()) return word.starts_with(rest) ? Match::more : Match::no;
    if (!rest.starts_with(word)) return Match::no;
    text = rest.substr(word.size());
    return Match::yes;
}

/// How many bytes of `text` the character at its front takes: a plain one, an escape, or a pair of escapes that only
/// together are one. 0: it is not whole yet.
std::size_t character_size(std::string_view text) {
    if (text.front() != '\\') return 1;
    if (text.size() < 2) return 0;
    if (text[1] != 'u') return 2;
    if (text.size() < 6) return 0;
    const bool high =
        (text[2] == 'd' || text[2] == 'D') && std::string_view("89abAB").find(text[3]) != std::string_view::npos;
    if (!high) return 6;
    if (text.size() < 12) return text.size() > 6 && text[6] != '\\' ? 6 : 0;
    return text.substr(6, 2) == "\\u" ? 12 : 6;
}

std::string decoded(std::string_view raw) {
    JsonParser parser;
    const JsonValue* value = parser.parse("\"" + std::string(raw) + "\"");
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string(raw) : std::string(json_view(*text));
}

}  // namespace

void SchemaAnswer::decide() {
    std::string_view rest = buffer_;
    const std::string name = "\"" + std::string(final_answer) + "\"";
    const std::array<std::string_view, 11> head{"{", "\"tool\"", ":",        name, ",", "\"arguments\"",
                                                ":", "{",        "\"text\"", ":",  "\""};
    for (std::size_t i = 0; i < head.size(); ++i) {
        const Match match = take(rest, head[i]);
        if (match == Match::more) return;
        if (match == Match::no) {
            state_ = i == 0 ? State::plain : State::kept;
            return;
        }
    }
    state_ = State::final_text;
    read_ = buffer_.size() - rest.size();
}

std::string SchemaAnswer::take_text() {
    std::string_view rest = std::string_view(buffer_).substr(read_);
    std::size_t whole = 0;
    while (whole < rest.size() && rest[whole] != '"') {
        const std::size_t size = character_size(rest.substr(whole));
        if (size == 0) break;
        whole += size;
    }
    if (whole < rest.size() && rest[whole] == '"') state_ = State::closed;
    read_ += whole;
    return decoded(rest.substr(0, whole));
}

std::string SchemaAnswer::feed(std::string_view piece) {
    if (state_ == State::plain) return std::string(piece);
    buffer_ += piece;
    if (state_ == State::undecided) {
        decide();
        if (state_ == State::plain) return buffer_;
    }
    return state_ == State::final_text ? take_text() : std::string();
}

SchemaAnswer::End SchemaAnswer::finish() && {
    if (state_ != State::kept && state_ != State::undecided) return {};
    JsonParser parser;
    const JsonObject* object = parser.parse_object(buffer_);
    if (object == nullptr) return {.call = {}, .text = std::move(buffer_)};
    const std::string_view tool = json_text_or_empty(*object, "tool");
    if (tool.empty()) return {.call = {}, .text = std::move(buffer_)};
    if (tool == final_answer) {
        const JsonObject* arguments = json_object(*object, "arguments");
        return {
            .call = {},
            .text = std::string(arguments == nullptr ? std::string_view() : json_text_or_empty(*arguments, "text"))};
    }
    const std::string_view input = slice_member(parser.source(), "arguments").value_or("{}");
    return {.call = ToolUseBlock{{}, std::string(tool), std::string(input)}, .text = {}};
}

}  // namespace cortex::dialects::openai_chat
