#include "auth/aws/xml_document.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace cortex::auth::aws {
namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_depth = 64;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool begins_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

bool in_name(char c) noexcept { return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

bool is_character(std::uint32_t code) noexcept {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code < 0xD800 || (code > 0xDFFF && code < 0xFFFE) || (code >= 0x10000 && code <= 0x10FFFF);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else {
        if (code < 0x10000) {
            put(0xE0U | (code >> 12U));
        } else {
            put(0xF0U | (code >> 18U));
            put(0x80U | ((code >> 12U) & 0x3FU));
        }
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

/// `name` without "&" and ";". False where it is none of XML's own.
bool append_entity(std::string& out, std::string_view name) {
    if (name.starts_with('#')) {
        name.remove_prefix(1);
        const int base = name.starts_with('x') ? 16 : 10;
        if (base == 16) name.remove_prefix(1);
        std::uint32_t code = 0;
        const auto [stop, status] = std::from_chars(name.data(), name.data() + name.size(), code, base);
        if (status != std::errc() || stop != name.data() + name.size() || !is_character(code)) return false;
        append_utf8(out, code);
        return true;
    }
    struct Entity {
        std::string_view name;
        char character;
    };
    constexpr std::array<Entity, 5> entities{{{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
    const auto found = std::find_if(entities.begin(), entities.end(), [&](const Entity& each) { return each.name == name; });
    if (found == entities.end()) return false;
    out += found->character;
    return true;
}

}  // namespace

/// Reads a document from front to back, without recursion.
class XmlReader {
public:
    explicit XmlReader(std::string_view text) : rest_(text) {}

    /// False where it is no XML.
    bool read(XmlDocument& out) {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
        while (!rest_.empty())
            if (!(rest_.front() == '<' ? markup(out) : characters(out))) return false;
        return open_.empty() && !out.elements_.empty();
    }

private:
    struct Open {
        std::string_view name;   ///< As written, prefix included.
        std::size_t index;
    };

    bool literal(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }
    /// What stands before `mark`, which is taken too.
    std::optional<std::string_view> up_to(std::string_view mark) {
        const std::size_t at = rest_.find(mark);
        if (at == std::string_view::npos) return std::nullopt;
        const std::string_view taken = rest_.substr(0, at);
        rest_.remove_prefix(at + mark.size());
        return taken;
    }
    bool spaces() {
        const bool any = !rest_.empty() && is_space(rest_.front());
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
        return any;
    }
    std::string_view name() {
        if (rest_.empty() || !begins_name(rest_.front())) return {};
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), in_name);
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    bool markup(XmlDocument& out) {
        if (literal("<!--")) return up_to("-->").has_value();
        if (literal("<?")) return up_to("?>").has_value();
        if (literal("<![CDATA[")) {
            const auto text = up_to("]]>");
            if (!text || open_.empty()) return false;
            append_text(out, *text);
            return true;
        }
        if (literal("</")) return end_tag();
        rest_.remove_prefix(1);
        return start_tag(out);   // "<!DOCTYPE" has no name here, and is refused
    }

    bool end_tag() {
        const std::string_view closed = name();
        spaces();
        if (!literal(">") || open_.empty() || open_.back().name != closed) return false;
        open_.pop_back();
        return true;
    }

    bool start_tag(XmlDocument& out) {
        const std::string_view opened = name();
        const std::string_view local = opened.substr(opened.rfind(':') + 1);
        const bool second_root = open_.empty() && !out.elements_.empty();
        if (local.empty() || second_root || open_.size() == max_depth) return false;
        bool empty = false;
        while (true) {
            const bool apart = spaces();
            empty = literal("/>");
            if (empty || literal(">")) break;
            if (!apart || !attribute()) return false;
        }
        out.elements_.push_back({.parent = open_.empty() ? 0 : open_.back().index + 1, .name = std::string(local)});
        if (!empty) open_.push_back({opened, out.elements_.size() - 1});
        return true;
    }

    bool attribute() {
        if (name().empty()) return false;
        spaces();
        if (!literal("=")) return false;
        spaces();
        for (const std::string_view quote : {"\"", "'"})
            if (literal(quote)) {
                const auto value = up_to(quote);
                return value && value->find('<') == std::string_view::npos;
            }
        return false;
    }

    /// Text up to the next markup. Outside of the root there may be white space only.
    bool characters(XmlDocument& out) {
        const std::string_view text = rest_.substr(0, rest_.find('<'));
        rest_.remove_prefix(text.size());
        if (open_.empty()) return std::all_of(text.begin(), text.end(), is_space);
        std::string_view left = text;
        while (!left.empty()) {
            const std::size_t mark = left.find('&');
            append_text(out, left.substr(0, mark));
            if (mark == std::string_view::npos) break;
            left.remove_prefix(mark + 1);
            const std::size_t end = left.find(';');
            if (end == std::string_view::npos || !append_entity(text_of_open(out), left.substr(0, end))) return false;
            left.remove_prefix(end + 1);
        }
        return true;
    }

    std::string& text_of_open(XmlDocument& out) { return out.elements_[open_.back().index].text; }

    /// With line ends as XML wants them.
    void append_text(XmlDocument& out, std::string_view text) {
        std::string& to = text_of_open(out);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '\r')
                to += text[i];
            else if (i + 1 == text.size() || text[i + 1] != '\n')
                to += '\n';
        }
    }

    std::string_view rest_;
    std::vector<Open> open_;
};

Result<XmlDocument> XmlDocument::parse(std::string_view text) {
    const auto broken = [](std::string_view why) {
        return ErrorInfo{.code = ErrorCode::protocol, .message = "An answer that should be XML " + std::string(why) + ". Ask again."};
    };
    if (text.size() > max_bytes) return broken("is longer than 1 MiB");
    const auto is_forbidden = [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_space(c); };
    XmlDocument out;
    if (invalid_utf8_offset(text) || std::any_of(text.begin(), text.end(), is_forbidden) || !XmlReader(text).read(out))
        return broken("is none, or has what this reader refuses");
    return out;
}

bool XmlDocument::is_at(std::size_t index, std::string_view path) const noexcept {
    while (true) {
        const Element& element = elements_[index];
        const std::size_t slash = path.rfind('/');
        if (element.name != path.substr(slash + 1)) return false;
        if (slash == std::string_view::npos) return element.parent == 0;
        if (element.parent == 0) return false;
        path = path.substr(0, slash);
        index = element.parent - 1;
    }
}

std::optional<std::string> XmlDocument::text(std::string_view path) const {
    for (std::size_t i = 0; i < elements_.size(); ++i)
        if (is_at(i, path)) return elements_[i].text;
    return std::nullopt;
}

}  // namespace cortex::auth::aws
